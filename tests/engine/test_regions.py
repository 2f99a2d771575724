"""Regions: who is reachable, what each offers, how much a second, and whose buckets it reads."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.engine.running import PHOTOS, Engine, photo, running

OBJECTS = {"photo.jpg": PHOTOS / "astronaut.jpg", "page.txt": PHOTOS / "LICENCES.md"}


class Shelf(BaseHTTPRequestHandler):
    """As much of S3 as Rekognition reads: buckets named after their region, with two objects."""

    def do_GET(self) -> None:
        bucket, _, key = self.path.lstrip("/").partition("?")[0].partition("/")
        if "?location" in self.path:
            region = "" if bucket == "us-east-1" else bucket
            self._answer(200, f"<LocationConstraint>{region}</LocationConstraint>".encode())
        elif key == "large.jpg":
            self._answer(200, b"", length=15 * 1024 * 1024 + 1)
        elif key in OBJECTS:
            self._answer(200, OBJECTS[key].read_bytes())
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _answer(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def with_s3() -> Iterator[Engine]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shelf) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with running(
            "--control", "--workers", "1", "--s3-endpoint", f"http://127.0.0.1:{server.server_port}"
        ) as engine:
            yield engine
        server.shutdown()


def staged(bucket: str, key: str = "photo.jpg") -> dict[str, dict[str, str]]:
    return {"S3Object": {"Bucket": bucket, "Name": key}}


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_reads_an_object_of_its_own_region(with_s3: Engine, region: str) -> None:
    assert len(with_s3.client(region).detect_faces(Image=staged(region))["FaceDetails"]) == 1


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
def test_refuses_an_object_it_may_not_read(with_s3: Engine, bucket: str, key: str, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        with_s3.client().detect_faces(Image=staged(bucket, key))


def test_without_an_s3_endpoint_there_are_no_objects(engine: Engine) -> None:
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        engine.client().detect_faces(Image=staged("eu-west-1"))


@pytest.mark.parametrize(
    "image", [{}, {"S3Object": {"Bucket": "eu-west-1"}}, staged("eu-west-1") | photo("coffee.jpg")]
)
def test_refuses_an_image_that_is_nowhere_or_in_two_places(with_s3: Engine, image: dict[str, object]) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException|InvalidS3ObjectException"):
        with_s3.client().detect_faces(Image=image)


@pytest.mark.parametrize("region", ["eu-west-3", "mars-north-1"])
def test_a_region_without_an_endpoint_drops_the_connection(engine: Engine, region: str) -> None:
    with pytest.raises(ConnectionClosedError):
        engine.client(region).detect_text(Image=photo("coffee.jpg"))


def test_an_action_that_a_region_lacks_is_denied_without_a_word(engine: Engine) -> None:
    with pytest.raises(ClientError) as refused:
        engine.client("ca-central-1").detect_text(Image=photo("coffee.jpg"))
    assert refused.value.response["Error"] == {"Code": "AccessDeniedException", "Message": ""}


def test_an_action_that_a_region_has_is_answered_there(engine: Engine) -> None:
    assert engine.client("ca-central-1").detect_faces(Image=photo("coffee.jpg"))["FaceDetails"] == []


def test_more_than_the_quota_of_a_second_is_refused(engine: Engine) -> None:
    client = engine.client("eu-central-1")

    def code(_: int) -> str:
        try:
            client.detect_moderation_labels(Image=photo("cat.jpg"))
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return "ok"

    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(code, range(40)))
    span_s = time.monotonic() - began
    assert set(codes) == {"ok", "ProvisionedThroughputExceededException"}
    assert 5 <= codes.count("ok") <= 5 + 5 * span_s


def test_operations_of_collections_say_that_they_are_not_here(engine: Engine) -> None:
    with pytest.raises(ClientError, match=r"UnknownOperationException.*not served by the local Rekognition"):
        engine.client().list_collections()
