"""Messages, events and pictures for tests: each with what the test does not care about filled in."""

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
from rekbridge_lambda.domain.messages import Answered, Work
from rekbridge_lambda.domain.operations import Allowance, Planned, Way, named
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload

HOME, REMOTE = "eu-west-3", "eu-west-1"
NOW = 1_800_000_000_000
MINUTE = 60_000


def planned(name: str, way: Way = "bytes", **settings: Any) -> Planned:
    queue = f"https://sqs.{HOME}.amazonaws.com/000000000000/rekbridge-work-{name}"
    return Planned(named(name), way, {REMOTE: Allowance(50)}, queue, f"{queue}-dead", settings)


def packed(operations: Mapping[str, Any]) -> str:
    """OPERATIONS, as Terraform's base64gzip(jsonencode(...)) makes it."""
    return b64encode(gzip.compress(json.dumps(operations).encode())).decode()


# Both ways in one deployment; `celebrities` has the limits of `text` on its own way.
PLAN = {"labels": planned("labels"), "faces": planned("faces"), "text": planned("text", "staged")}


def png(content: str = "cat", width: int = 100, height: int = 100) -> bytes:
    """As much of a PNG as INGEST looks at, and bytes that make it another picture."""
    header = b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + header + content.encode().ljust(64)


def in_json(image: bytes) -> dict[str, Any]:
    """An image as Rekognition's JSON has it."""
    return {"Bytes": b64encode(image).decode()}


def upload(key: str = "anna/cat.png", version: str = "v1", size: int = len(png())) -> Upload:
    return Upload(key, version, size, "0055AED6DCD90281E5", NOW - MINUTE)


def s3_event(*uploads: Upload) -> dict[str, Any]:
    """What S3 puts into a queue for these objects."""
    return {"Records": [s3_record(upload) for upload in uploads]}


def s3_record(upload: Upload, version: str = "2.1") -> dict[str, Any]:
    thing = {"key": quote_plus(upload.key), "size": upload.size, "sequencer": upload.sequencer}
    return {
        "eventVersion": version,
        "eventName": "ObjectCreated:Put",
        "eventTime": "2027-01-15T07:59:00.000Z",
        "s3": {"object": thing | {"versionId": upload.version}},
    }


IMAGE = Image(ids.image_id("anna", "c0"), "anna", "c0", "png", 97, 100, 100)


def run(*pending: str, image: Image = IMAGE, **changed: Any) -> Run:
    """A run of one image through operations, all with one variant; `text` goes by a staged copy."""
    names = pending or ("labels",)
    key = ids.digest(image.id, *names)
    variant = f"{image.id}/p1/0123456789abcdef"
    staged = frozenset({ids.staged_key(key, variant)} if "text" in names else ())
    prepared = dict.fromkeys(names, variant)
    made = Run(key, image.id, image.owner, NOW - MINUTE, prepared, frozenset(names), staged, due_at=NOW)
    return replace(made, **changed)


def source(run: Run, upload: Upload) -> Source:
    return Source(upload, image=run.image, run=run.id)


def work(run: Run, operation: str = "labels") -> Work:
    return run.work(operation)


def answered(run: Run, operation: str = "labels", **told: Any) -> Answered:
    result = ids.result_key(run.image, operation, {}) if not told else None
    return Answered(run.id, run.owner, run.image, operation, run.uploaded_at, result, **told)


def answer(*names: str, operation: str = "labels", asked_at: int = NOW) -> Result:
    """What Rekognition said: these labels."""
    found = {"Labels": [{"Name": name, "Confidence": 99.5} for name in names]}
    return Result(operation, "bytes", REMOTE, 97, asked_at, asked_at + 300, found)


def failure(operation: str = "labels", asked_at: int = NOW) -> Result:
    return Result(operation, "bytes", REMOTE, 97, asked_at, asked_at, code="refused-by-service", reason="no image")


def attempt(at: int = NOW) -> Attempt:
    return Attempt("labels", HOME, REMOTE, "bytes", 97, at)


def sqs_record(body: Any, deliveries: int = 1, queue: str = "rekbridge-work-labels") -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": sha256(text.encode()).hexdigest()[:8],
        "receiptHandle": "a receipt",
        "body": text,
        "attributes": {"ApproximateReceiveCount": str(deliveries)},
        "eventSourceARN": f"arn:aws:sqs:{HOME}:000000000000:{queue}",
    }
