"""The Lambda `api` as it is deployed: its real entry and adapters, botocore's data as in its zip, AWS by moto."""

import base64
import importlib
import json
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest
from PIL import Image
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.dynamodb.items import plain

from tests.builders import HOME, REMOTE, packed
from tests.caller import ACCOUNT, Reply, event, reply
from tests.contract import zipped
from tests.contract.cloud import Cloud


class Context:
    """What Lambda hands a handler."""

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def picture(colour: str = "teal") -> bytes:
    file = BytesIO()
    Image.new("RGB", (120, 90), colour).save(file, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0", comment=b"by anna")
    return file.getvalue()


class Deployed:
    """The Lambda with everything it is told of in its environment."""

    def __init__(self, cloud: Cloud, environment: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.media, self.results, self.ledger = cloud.bucket(versioned=True), cloud.bucket(), cloud.ledger()
        row = {"way": "bytes", "regions": {REMOTE: {"tps": 50, "weight": 1}}, "settings": {}, "queue": "", "dead": ""}
        told = {
            "MEDIA_BUCKET": self.media,
            "RESULTS_BUCKET": self.results,
            "LEDGER_TABLE": self.ledger,
            "PACE_TABLE": cloud.pace(),
            "OPERATIONS": packed(dict.fromkeys(("labels", "compare-faces"), row)),
            "ACCOUNT_ID": ACCOUNT,
            "VERSION": "1.0",
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
        }
        for name, value in told.items():
            environment.setenv(name, value)
        environment.setattr(aws, "SESSION", zipped.session("api"))
        self.entry: ModuleType = importlib.reload(importlib.import_module("rekbridge_lambda.entrypoints.api"))

    def post(self, resource: str, body: bytes, content_type: str, **path: str) -> Reply:
        return reply(self.entry.handler(event("POST", resource, body, content_type, **path), Context()))

    def get(self, resource: str) -> Reply:
        return reply(self.entry.handler(event("GET", resource), Context()))

    def analyze(self, body: Any, operation: str = "labels") -> Reply:
        if isinstance(body, bytes):
            return self.post("/analyze/{operation}", body, "image/jpeg", operation=operation)
        return self.post("/analyze/{operation}", json.dumps(body).encode(), "application/json", operation=operation)


@pytest.fixture
def deployed(cloud: Cloud) -> Iterator[Deployed]:
    with pytest.MonkeyPatch.context() as environment:
        yield Deployed(cloud, environment)


def test_an_image_is_analysed_while_its_caller_waits(deployed: Deployed) -> None:
    found = deployed.analyze(picture())
    assert found.status == 200
    assert found.json["Labels"]
    how = found.json["Rekbridge"]
    assert (how["region"], how["cached"]) == (REMOTE, False)
    assert [(one["width"], one["height"]) for one in how["prepared"]] == [(120, 90)]


def test_the_attempt_is_in_the_ledger_with_its_bytes(deployed: Deployed) -> None:
    how = deployed.analyze(picture()).json["Rekbridge"]
    [row] = map(plain, deployed.cloud.rows(deployed.ledger))
    [attempt] = row["attempts"]
    assert (attempt["from_region"], attempt["to_region"], attempt["way"]) == (HOME, REMOTE, "bytes")
    assert attempt["sent_bytes"] == how["prepared"][0]["bytes"] < len(picture())


def test_the_same_image_again_is_the_answer_that_is_kept(deployed: Deployed) -> None:
    first, again = deployed.analyze(picture()), deployed.analyze(picture())
    assert again.json["Rekbridge"]["cached"]
    assert again.json["Labels"] == first.json["Labels"]
    assert len(deployed.cloud.rows(deployed.ledger)) == 1


def test_a_key_is_analysed_as_it_is_now(deployed: Deployed) -> None:
    s3 = deployed.cloud.client("s3")
    for colour in ("teal", "red"):
        s3.put_object(Bucket=deployed.media, Key="anna/käse +1.jpg", Body=picture(colour))
        stored = {"Image": {"S3Object": {"Name": "anna/käse +1.jpg"}}}
        assert not deployed.analyze(stored).json["Rekbridge"]["cached"]
        assert deployed.analyze(stored).json["Rekbridge"]["cached"]


def test_two_faces_are_compared(deployed: Deployed) -> None:
    one, other = ({"Bytes": base64.b64encode(picture(colour)).decode()} for colour in ("teal", "red"))
    found = deployed.analyze({"SourceImage": one, "TargetImage": other}, "compare-faces")
    assert (found.status, len(found.json["Rekbridge"]["prepared"])) == (200, 2)
    assert "FaceMatches" in found.json


def test_a_key_that_is_not_there_is_404(deployed: Deployed) -> None:
    assert deployed.analyze({"Image": {"S3Object": {"Name": "anna/none.jpg"}}}).status == 404


def test_a_form_is_for_the_media_bucket(deployed: Deployed) -> None:
    form = deployed.post("/uploads", b'{"key": "anna/cat.jpg"}', "application/json").json
    assert form["url"] == f"https://{deployed.media}.s3.{HOME}.amazonaws.com/"
    assert form["fields"]["key"] == "anna/cat.jpg"


def test_health_tells_of_what_is_deployed(deployed: Deployed) -> None:
    assert deployed.get("/health").json["operations"].keys() == {"labels", "compare-faces"}


def test_capacity_tells_of_a_region_that_was_called(deployed: Deployed) -> None:
    deployed.analyze(picture())
    lane = deployed.get("/capacity").json["operations"]["labels"][REMOTE]
    assert (lane["quota"], lane["rate"], lane["breaker"]) == (50, 50, "closed")
