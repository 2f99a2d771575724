"""Regions: which have an endpoint, their operations, their quotas, and the buckets they read."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.engine.engine_process import PHOTOS, RunningEngine, load_photo, run_engine

OBJECTS = {"photo.jpg": PHOTOS / "astronaut.jpg", "page.txt": PHOTOS / "LICENCES.md"}


class FakeS3Handler(BaseHTTPRequestHandler):
    """The part of S3 that Rekognition uses: each bucket is named after its region and holds two objects."""

    def do_GET(self) -> None:
        bucket, _, key = self.path.lstrip("/").partition("?")[0].partition("/")
        if "?location" in self.path:
            region = "" if bucket == "us-east-1" else bucket
            self._send(200, f"<LocationConstraint>{region}</LocationConstraint>".encode())
        elif key == "large.jpg":
            self._send(200, b"", length=15 * 1024 * 1024 + 1)
        elif key in OBJECTS:
            self._send(200, OBJECTS[key].read_bytes())
        else:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _send(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Do not log."""


@contextmanager
def serve_s3() -> Iterator[str]:
    """Serve the buckets until the block ends; their endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeS3Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def engine_with_s3() -> Iterator[RunningEngine]:
    with serve_s3() as endpoint, run_engine("--control", "--workers", "1", "--s3-endpoint", endpoint) as engine:
        yield engine


def build_s3_image(bucket: str, key: str = "photo.jpg") -> dict[str, dict[str, str]]:
    return {"S3Object": {"Bucket": bucket, "Name": key}}


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_object_in_the_called_region_is_read(engine_with_s3: RunningEngine, region: str) -> None:
    assert len(engine_with_s3.create_client(region).detect_faces(Image=build_s3_image(region))["FaceDetails"]) == 1


@pytest.mark.parametrize(
    ("bucket", "key", "code"),
    [
        ("eu-west-3", "photo.jpg", "InvalidS3ObjectException"),
        ("us-east-1", "photo.jpg", "InvalidS3ObjectException"),
        ("eu-west-1", "missing.jpg", "InvalidS3ObjectException"),
        ("eu-west-1", "large.jpg", "ImageTooLargeException"),
        ("eu-west-1", "page.txt", "InvalidImageFormatException"),
    ],
)
def test_object_that_cannot_be_used_is_refused(engine_with_s3: RunningEngine, bucket: str, key: str, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        engine_with_s3.create_client().detect_faces(Image=build_s3_image(bucket, key))


def test_without_an_s3_endpoint_every_object_is_refused(engine: RunningEngine) -> None:
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        engine.create_client().detect_faces(Image=build_s3_image("eu-west-1"))


@pytest.mark.parametrize(
    "image", [{}, {"S3Object": {"Bucket": "eu-west-1"}}, build_s3_image("eu-west-1") | load_photo("coffee.jpg")]
)
def test_image_without_a_source_or_with_two_is_refused(engine_with_s3: RunningEngine, image: dict[str, object]) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException|InvalidS3ObjectException"):
        engine_with_s3.create_client().detect_faces(Image=image)


@pytest.mark.parametrize("region", ["eu-west-3", "mars-north-1"])
def test_region_without_an_endpoint_drops_the_connection(engine: RunningEngine, region: str) -> None:
    with pytest.raises(ConnectionClosedError):
        engine.create_client(region).detect_text(Image=load_photo("coffee.jpg"))


def test_operation_the_region_lacks_is_denied_without_a_message(engine: RunningEngine) -> None:
    with pytest.raises(ClientError) as raised:
        engine.create_client("ca-central-1").detect_text(Image=load_photo("coffee.jpg"))
    assert raised.value.response["Error"] == {"Code": "AccessDeniedException", "Message": ""}


def test_operation_the_region_has_succeeds(engine: RunningEngine) -> None:
    assert engine.create_client("ca-central-1").detect_faces(Image=load_photo("coffee.jpg"))["FaceDetails"] == []


def test_calls_above_the_quota_are_refused(engine: RunningEngine) -> None:
    client = engine.create_client("eu-central-1")

    def call_and_get_code(_: int) -> str:
        try:
            client.detect_moderation_labels(Image=load_photo("cat.jpg"))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(call_and_get_code, range(40)))
    duration_s = time.monotonic() - started
    assert set(codes) == {"ok", "ProvisionedThroughputExceededException"}
    assert 5 <= codes.count("ok") <= 5 + 5 * duration_s


def test_collection_operations_are_unknown(engine: RunningEngine) -> None:
    with pytest.raises(ClientError, match=r"UnknownOperationException.*not served by the local Rekognition"):
        engine.create_client().list_collections()
