"""Builders of messages, events and images for tests, with defaults for everything that a test does not care about."""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.claims import Attempt
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota, Transfer, get_catalog_operation
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload

HOME, REMOTE = "eu-west-3", "eu-west-1"
ANNA = ids.OwnerId("anna")
ANNA_KEY = ids.make_owner_key(b"the secret of the ids in unit tests", b"the salt of anna")
NOW = 1_800_000_000_000
MINUTE = 60_000


def make_operation(name: str, transfer: Transfer = "bytes", **settings: Any) -> DeployedOperation:
    queue_url = f"https://sqs.{HOME}.amazonaws.com/000000000000/rekbridge-work-{name}"
    return DeployedOperation(
        get_catalog_operation(name), transfer, {REMOTE: RegionQuota(50)}, queue_url, f"{queue_url}-dlq", settings
    )


def pack_operations(operations: Mapping[str, Any]) -> str:
    """The environment variable OPERATIONS as Terraform's base64gzip(jsonencode(...)) makes it."""
    return b64encode(gzip.compress(json.dumps(operations).encode())).decode()


# Both transfers in one deployment.
OPERATIONS = {
    "labels": make_operation("labels"),
    "faces": make_operation("faces"),
    "text": make_operation("text", "staged"),
}


def make_png(content: str = "cat", width: int = 100, height: int = 100) -> bytes:
    """The part of a PNG that INGEST reads, followed by a content that makes it a different image."""
    header = b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + header + content.encode().ljust(64)


def encode_image(image: bytes) -> dict[str, Any]:
    """An image in the JSON form of Rekognition's requests."""
    return {"Bytes": b64encode(image).decode()}


def make_upload(key: str = "anna/cat.png", version: str = "v1", size: int = len(make_png())) -> Upload:
    return Upload(key, version, size, "0055AED6DCD90281E5", NOW - MINUTE)


def make_s3_event(*uploads: Upload) -> dict[str, Any]:
    """The notification that S3 sends to a queue for these objects."""
    return {"Records": [make_s3_record(upload) for upload in uploads]}


def make_s3_record(upload: Upload, version: str = "2.1") -> dict[str, Any]:
    s3_object = {"key": quote_plus(upload.key), "size": upload.size, "sequencer": upload.sequencer}
    if upload.etag:
        s3_object["eTag"] = upload.etag
    return {
        "eventVersion": version,
        "eventName": "ObjectCreated:Put",
        "eventTime": "2027-01-15T07:59:00.000Z",
        "s3": {"object": s3_object | {"versionId": upload.version}},
    }


IMAGE = Image(
    id=ids.make_image_id(ANNA_KEY, "c0"), owner=ANNA, content_sha256="c0", format="png", size=97, width=100, height=100
)


def make_run(*pending: str, image: Image = IMAGE, **changes: Any) -> Run:
    """A run of one image, with one prepared image for all operations; `text` uses a staged copy."""
    operations = pending or ("labels",)
    run_id = ids.RunId(ids.hash_parts(image.id, *operations))
    variant = f"{image.id}/p2/0123456789abcdef"
    staged_copies = frozenset({ids.make_staged_key(run_id, variant)} if "text" in operations else ())
    prepared_keys = dict.fromkeys(operations, variant)
    run = Run(
        run_id, image.id, image.owner, NOW - MINUTE, prepared_keys, frozenset(operations), staged_copies, due_at=NOW
    )
    return replace(run, **changes)


def make_source(run: Run, upload: Upload) -> Source:
    """The source of an upload that was admitted with this run."""
    return Source(upload, image_id=run.image_id, run_id=run.id)


def make_work(run: Run, operation: str = "labels") -> Work:
    return run.make_work(operation)


def make_finished(run: Run, operation: str = "labels", **failure: Any) -> AnalysisFinished:
    """The message to ROUTE: with the key of the result, or with `code` and `reason`."""
    result_key = ids.make_result_key(run.image_id, operation, {}) if not failure else None
    return AnalysisFinished(run.id, operation, result_key, **failure)


def make_result(*names: str, operation: str = "labels", called_at: int = NOW) -> Result:
    """A result with these labels."""
    response = {"Labels": [{"Name": name, "Confidence": 99.5} for name in names]}
    return Result(operation, "bytes", REMOTE, 97, called_at, called_at + 300, response)


def make_failed_result(operation: str = "labels", called_at: int = NOW) -> Result:
    return Result(operation, "bytes", REMOTE, 97, called_at, called_at, code="refused-by-service", reason="no image")


def make_attempt(at: int = NOW) -> Attempt:
    return Attempt("labels", HOME, REMOTE, "bytes", 97, at)


def make_sqs_record(body: Any, deliveries: int = 1, queue: str = "rekbridge-work-labels") -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": sha256(text.encode()).hexdigest()[:8],
        "receiptHandle": "a receipt",
        "body": text,
        "attributes": {"ApproximateReceiveCount": str(deliveries)},
        "eventSourceARN": f"arn:aws:sqs:{HOME}:000000000000:{queue}",
    }
