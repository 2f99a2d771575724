"""The Lambda function `api` with its real entrypoint and adapters and the trimmed botocore of its zip; AWS is moto."""

import base64
import importlib
import json
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from PIL import Image
from rekbridge_lambda.adapters.dynamodb.items import deserialize

from tests.api_caller import ACCOUNT, ApiReply, make_api_event, parse_reply
from tests.builders import HOME, REMOTE, pack_operations
from tests.contract import trimmed_botocore
from tests.contract.cloud import Cloud
from tests.contract.lambda_context import LambdaContext


def encode_jpeg(colour: str = "teal") -> bytes:
    file = BytesIO()
    Image.new("RGB", (120, 90), colour).save(file, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0", comment=b"by anna")
    return file.getvalue()


class DeployedApi:
    """The function, started with its environment variables, and the resources that they name."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.media, self.results = cloud.create_bucket(versioned=True), cloud.create_bucket()
        self.claims_table = cloud.create_claims_table()
        operation = {
            "transfer": "bytes",
            "regions": {REMOTE: {"tps": 50, "weight": 1}},
            "settings": {},
            "queue_url": "",
            "dlq_url": "",
        }
        variables = {
            "MEDIA_BUCKET": self.media,
            "RESULTS_BUCKET": self.results,
            "CLAIMS_TABLE": self.claims_table,
            "LIBRARY_TABLE": cloud.create_library_table(),
            "IDS_SECRET": cloud.create_secret(),
            "TRUSTED_CALLERS": json.dumps([f"arn:aws:iam::{ACCOUNT}:role/App"]),
            "RATE_LIMIT_TABLE": cloud.create_rate_limit_table(),
            "WORKER_SHARE": "0.5",
            "CALLER_PER_SECOND": "25",
            "CALLER_BURST": "50",
            "OPERATIONS": pack_operations(dict.fromkeys(("labels", "compare-faces"), operation)),
            "ACCOUNT_ID": ACCOUNT,
            "VERSION": "1.0",
            "IMAGE_PRIVACY": "headers",
            "LOG_LEVEL": "INFO",
            "DEPLOYMENT": "rekbridge",
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(botocore.session, "Session", lambda: trimmed_botocore.create_session("api"))
        self.entrypoint: ModuleType = importlib.reload(importlib.import_module("rekbridge_lambda.entrypoints.api"))

    def post(self, resource: str, body: bytes, content_type: str, **path: str) -> ApiReply:
        return parse_reply(
            self.entrypoint.handler(make_api_event("POST", resource, body, content_type, **path), LambdaContext(29_000))
        )

    def get(self, resource: str) -> ApiReply:
        return parse_reply(self.entrypoint.handler(make_api_event("GET", resource), LambdaContext(29_000)))

    def analyze(self, body: Any, operation: str = "labels") -> ApiReply:
        if isinstance(body, bytes):
            return self.post("/analyze/{operation}", body, "image/jpeg", operation=operation)
        return self.post("/analyze/{operation}", json.dumps(body).encode(), "application/json", operation=operation)


@pytest.fixture
def api(cloud: Cloud) -> Iterator[DeployedApi]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield DeployedApi(cloud, monkeypatch)


def test_analyze_returns_rekognitions_response_and_how_it_came(api: DeployedApi) -> None:
    response = api.analyze(encode_jpeg())
    assert response.status == 200
    assert response.json["Labels"]
    details = response.json["Rekbridge"]
    assert (details["region"], details["cached"]) == (REMOTE, False)
    assert [(image["width"], image["height"]) for image in details["prepared"]] == [(120, 90)]


def test_the_attempt_is_stored_with_the_number_of_bytes_sent(api: DeployedApi) -> None:
    details = api.analyze(encode_jpeg()).json["Rekbridge"]
    [row] = map(deserialize, api.cloud.scan_table(api.claims_table))
    [attempt] = row["attempts"]
    assert (attempt["from_region"], attempt["to_region"], attempt["transfer"]) == (HOME, REMOTE, "bytes")
    assert attempt["sent_bytes"] == details["prepared"][0]["bytes"] < len(encode_jpeg())


def test_the_same_image_again_returns_the_stored_result(api: DeployedApi) -> None:
    first, again = api.analyze(encode_jpeg()), api.analyze(encode_jpeg())
    assert again.json["Rekbridge"]["cached"]
    assert again.json["Labels"] == first.json["Labels"]
    assert len(api.cloud.scan_table(api.claims_table)) == 1


def test_a_key_is_analyzed_in_its_current_version(api: DeployedApi) -> None:
    s3 = api.cloud.client("s3")
    for colour in ("teal", "red"):
        s3.put_object(Bucket=api.media, Key="anna/käse +1.jpg", Body=encode_jpeg(colour))
        body = {"Image": {"S3Object": {"Name": "anna/käse +1.jpg"}}}
        assert not api.analyze(body).json["Rekbridge"]["cached"]
        assert api.analyze(body).json["Rekbridge"]["cached"]


def test_compare_faces_sends_both_images(api: DeployedApi) -> None:
    source, target = ({"Bytes": base64.b64encode(encode_jpeg(colour)).decode()} for colour in ("teal", "red"))
    response = api.analyze({"SourceImage": source, "TargetImage": target}, "compare-faces")
    assert (response.status, len(response.json["Rekbridge"]["prepared"])) == (200, 2)
    assert "FaceMatches" in response.json


def test_a_missing_key_is_answered_with_404(api: DeployedApi) -> None:
    assert api.analyze({"Image": {"S3Object": {"Name": "anna/none.jpg"}}}).status == 404


def test_an_upload_form_is_for_the_media_bucket(api: DeployedApi) -> None:
    form = api.post("/uploads", b'{"key": "anna/cat.jpg"}', "application/json").json
    assert form["url"] == f"https://{api.media}.s3.{HOME}.amazonaws.com/"
    assert form["fields"]["key"] == "anna/cat.jpg"


def test_health_lists_the_deployed_operations(api: DeployedApi) -> None:
    assert api.get("/health").json["operations"].keys() == {"labels", "compare-faces"}


def test_capacity_shows_quota_rate_and_circuit_of_a_called_region(api: DeployedApi) -> None:
    api.analyze(encode_jpeg())
    capacity = api.get("/capacity").json["operations"]["labels"][REMOTE]
    assert (capacity["quota"], capacity["rate"], capacity["circuit"]) == (50, 50, "closed")
