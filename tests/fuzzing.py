"""The API fuzzed by its own document (schemathesis): requests that fit it, requests that do not, images and none."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rekbridge.api.openapi.document import DOCUMENT
from rekbridge_lambda.domain.custom_models import NAMED_BY
from rekbridge_lambda.domain.operations import CATALOG
from schemathesis import BaseSchema, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders import REMOTE, png
from tests.caller import ACCOUNT

CONFORMS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What a document cannot tell a fuzzer: how an image looks.
FILES = st.sampled_from([png("a"), png("b"), png(width=3), b"%PDF-1.7"]) | st.binary(max_size=200)
for media_type in ("image/jpeg", "image/png", "image/gif", "image/webp", "application/octet-stream"):
    schemathesis.openapi.media_type(media_type, FILES)

ARN = CATALOG["custom-labels"].parameters["ProjectVersionArn"]["pattern"]
MODEL = f"arn:aws:rekognition:{REMOTE}:{ACCOUNT}:project/cats/version/cats.1/1700000000000"

type Sent = Case[Any]
type Send = Callable[[Sent], Response]

FITTING, UNFITTING = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def document() -> dict[str, Any]:
    """The document without address and signatures: where it is, and who may ask, is decided before the handler."""
    found: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return found | {"security": [], "servers": [{"url": "/"}]}


# Nothing that has no body can be sent wrong.
OPERATIONS = [
    (path, method, mode)
    for path, item in document()["paths"].items()
    for method, operation in item.items()
    for mode in ((FITTING, UNFITTING) if "requestBody" in operation else (FITTING,))
]


def fuzz(
    schema: BaseSchema, path: str, method: str, mode: GenerationMode, examples: int, send: Send, image: bytes
) -> list[int]:
    """Send so many requests to one operation; every answer has to be as the document says. Their statuses."""
    statuses = list[int]()
    checks = [*CONFORMS, *([negative_data_rejection] if mode is UNFITTING else [])]

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(schema[path][method.upper()].as_strategy(generation_mode=mode))
    def each(case: Sent) -> None:
        depict(case, image)
        response = send(case)
        statuses.append(response.status_code)
        case.validate_response(response, checks=checks)

    each()
    return statuses


def depict(case: Sent, image: bytes) -> None:
    """Real pictures for random bytes, and a model for random names of one: else all would be refused for these."""
    body = case.body if isinstance(case.body, dict) else {}
    for name, value in body.items():
        if isinstance(value, dict) and value.keys() == {"Bytes"} and coded(value["Bytes"]):
            value["Bytes"] = base64.b64encode(image).decode()
        if name in NAMED_BY and re.fullmatch(ARN, str(value)):
            body[name] = MODEL


def coded(text: Any) -> bool:
    """Whether this is base64 of something."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except (TypeError, ValueError):
        return False
