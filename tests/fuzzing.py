"""Fuzzing of the REST API from its OpenAPI document with schemathesis: valid and invalid requests, with real images."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rekbridge.api.openapi.document import DOCUMENT
from rekbridge_lambda.domain.custom_models import ARN_PARAMETERS
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

from tests.api_caller import ACCOUNT
from tests.builders import REMOTE, make_png

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The document does not describe image files, so the fuzzer gets examples.
IMAGE_FILES = st.sampled_from([make_png("a"), make_png("b"), make_png(width=3), b"%PDF-1.7"]) | st.binary(max_size=200)
for media_type in ("image/jpeg", "image/png", "image/gif", "image/webp", "application/octet-stream"):
    schemathesis.openapi.media_type(media_type, IMAGE_FILES)

ARN = CATALOG["custom-labels"].parameters["ProjectVersionArn"]["pattern"]
MODEL = f"arn:aws:rekognition:{REMOTE}:{ACCOUNT}:project/cats/version/cats.1/1700000000000"

type FuzzCase = Case[Any]
type SendCase = Callable[[FuzzCase], Response]

VALID, INVALID = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def load_document() -> dict[str, Any]:
    """The document without servers and security: both matter only before a request reaches the handler."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return document | {"security": [], "servers": [{"url": "/"}]}


# A request without a body cannot be invalid.
FUZZ_TARGETS = [
    (path, method, mode)
    for path, item in load_document()["paths"].items()
    for method, operation in item.items()
    for mode in ((VALID, INVALID) if "requestBody" in operation else (VALID,))
]


def fuzz_operation(
    schema: BaseSchema, path: str, method: str, mode: GenerationMode, examples: int, send: SendCase, image: bytes
) -> list[int]:
    """Send `examples` requests to one operation and check each response against the document; returns the statuses."""
    statuses = list[int]()
    checks = [*CHECKS, *([negative_data_rejection] if mode is INVALID else [])]

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(schema[path][method.upper()].as_strategy(generation_mode=mode))
    def send_case(case: FuzzCase) -> None:
        insert_real_values(case, image)
        response = send(case)
        statuses.append(response.status_code)
        case.validate_response(response, checks=checks)

    send_case()
    return statuses


def insert_real_values(case: FuzzCase, image: bytes) -> None:
    """Replace random bytes by an image, and random model ARNs by a model: otherwise all requests would be refused."""
    body = case.body if isinstance(case.body, dict) else {}
    for name, value in body.items():
        if isinstance(value, dict) and value.keys() == {"Bytes"} and is_base64(value["Bytes"]):
            value["Bytes"] = base64.b64encode(image).decode()
        if name in ARN_PARAMETERS and re.fullmatch(ARN, str(value)):
            body[name] = MODEL


def is_base64(text: Any) -> bool:
    """Whether this is the base64 text of at least one byte."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except (TypeError, ValueError):
        return False
