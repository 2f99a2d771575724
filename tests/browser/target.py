"""What a page tries to change in an emulator, and whether it has."""

import base64
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

REGION = "us-east-1"  # of a request without a signature
# What the page named `own` changes when it is allowed to: every kind of attempt that is not refused for another reason.
NO_CHANGES: dict[str, list[str]] = {"functions": [], "buckets": [], "objects": [], "queues": [], "calls": []}
OWN_CHANGES = {
    "functions": ["own-beacon", "own-fetch", "own-form", "own-json", "own-unread"],
    "buckets": ["own-bucket"],
    "objects": ["own", "own-form"],
    "queues": ["own-form", "own-frame", "own-image", "own-script"],
    "calls": ["called", "called"],
}
SOURCE = """
import os
def handler(event, context):
    print("called")
    with open(os.environ["CALLS"], "a") as calls:
        calls.write("called\\n")
"""


class Target:
    """An emulator with a bucket, an object, a function and an API that a page could misuse."""

    def __init__(self, client: Callable[[str], Any], folder: Path) -> None:
        self._client = client
        self._calls = folder / "calls"
        self.api = ""
        self._client("s3").create_bucket(Bucket="victim")
        self._client("s3").put_object(Bucket="victim", Key="kept", Body=b"secret", ContentType="text/plain")
        self._client("lambda").create_function(
            FunctionName="victim",
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/r",
            Handler="app.handler",
            Code={"ZipFile": zip_source()},
            Environment={"Variables": {"CALLS": str(self._calls)}},
        )

    def create_websocket_api(self) -> None:
        """Create an API that accepts every WebSocket. Not every emulator has them."""
        apis = self._client("apigatewayv2")
        self.api = apis.create_api(Name="victim", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")[
            "ApiId"
        ]
        apis.create_stage(ApiId=self.api, StageName="v1")

    def describe(self) -> dict[str, list[str]]:
        """Return the names of everything that a page's attempts would create, and a line for each call."""
        queues = self._client("sqs").list_queues().get("QueueUrls", [])
        return {
            "functions": [one["FunctionName"] for one in self._client("lambda").list_functions()["Functions"]],
            "buckets": [one["Name"] for one in self._client("s3").list_buckets()["Buckets"]],
            "objects": [one["Key"] for one in self._client("s3").list_objects_v2(Bucket="victim")["Contents"]],
            "queues": [url.rpartition("/")[2] for url in queues],
            "calls": self._calls.read_text().splitlines() if self._calls.exists() else [],
        }

    def list_changes(self, before: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return what is there now and was not before."""
        return {
            kind: sorted((Counter(names) - Counter(before[kind])).elements()) for kind, names in self.describe().items()
        }


def zip_source() -> bytes:
    """Return a function's zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", SOURCE)
    return data.getvalue()


def encode_code() -> str:
    """Return the zip as the page sends it."""
    return base64.b64encode(zip_source()).decode()
