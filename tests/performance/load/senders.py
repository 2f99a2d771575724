"""The two ways for an image to enter a stack under load. Each sends one image and waits for its outcome."""

import json
import time
from argparse import Namespace
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import boto3
from botocore.credentials import Credentials
from rekbridge.api.client import ApiClient
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader
from rekbridge.support.errors import OperatorError

from tests.performance.load.samples import DONE, THROTTLED
from tests.performance.load.upload_watcher import UploadWatcher


class ImageOutcome(NamedTuple):
    """What became of an image, the region of its result, and when it ended (seconds since 1970)."""

    outcome: str
    region: str
    ended_at: float


class ImageSender(Protocol):
    """Sends one image with locust's options and waits for its outcome."""

    def __call__(self, options: Namespace, key: str, body: bytes) -> ImageOutcome:
        """Send an image under a media key."""


def send_upload(options: Namespace, key: str, body: bytes) -> ImageOutcome:
    """Put an image into the media bucket and wait until ROUTE has written every result to the library."""
    stack = open_deployment(options.deployment)
    stored = stack.client("s3", stack.home).put_object(Bucket=stack.get_bucket("media"), Key=key, Body=body)
    status = open_watcher(options.deployment).wait_until_settled(ObjectVersion(key, stored["VersionId"]))
    results = status.results.values()
    failures = [result.code or result.status for result in results if result.status != DONE]
    ended_at = max((result.routed_at for result in results), default=round(time.time() * 1000)) / 1000
    outcome = status.code or (failures[0] if failures else DONE)
    return ImageOutcome(outcome, "+".join(sorted({result.region for result in results})), ended_at)


def send_request(options: Namespace, key: str, body: bytes) -> ImageOutcome:
    """Send a signed `POST /analyze/{operation}` and wait for the response."""
    stack = open_deployment(options.deployment)
    address, _, operation = options.api_path.rpartition("/analyze/")
    api = ApiClient(address or stack.api_url, stack.home, load_credentials())
    response = api.request("POST", f"/analyze/{operation}", body, {"Content-Type": "image/jpeg"})
    if response.status == 200:
        return ImageOutcome(DONE, response.json()["Rekbridge"]["region"], time.time())
    return ImageOutcome(THROTTLED if response.status == 429 else f"HTTP {response.status}", "", time.time())


@cache
def open_deployment(file: Path) -> Deployment:
    """The deployment in a file; boto3 takes endpoints and credentials from the environment."""
    return Deployment(json.loads(file.read_text()), cache(lambda service, region: boto3.client(service, region)))


@cache
def open_watcher(file: Path) -> UploadWatcher:
    """The one watcher of a deployment."""
    return UploadWatcher(UploadReader(open_deployment(file)))


@cache
def load_credentials() -> Credentials:
    """Credentials from the environment or the operator's profile. Raises OperatorError when there are none."""
    credentials = boto3.Session().get_credentials()
    if credentials is None:
        raise OperatorError(
            "There are no AWS credentials in the environment or a profile.", "Set a profile: export AWS_PROFILE=…"
        )
    return credentials
