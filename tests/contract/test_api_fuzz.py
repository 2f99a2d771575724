"""The API's handler fuzzed from its OpenAPI document: every response conforms to the document."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from rekbridge_lambda.domain.uploads import Upload
from schemathesis import BaseSchema, GenerationMode

from tests.api_caller import ApiCaller, make_api_event
from tests.builders import make_png
from tests.fakes import FakeMediaStore
from tests.fuzzing import FUZZ_TARGETS, INVALID, MODEL, fuzz_operation, load_document
from tests.pipeline_harness import PipelineHarness


class AnyKeyMediaStore(FakeMediaStore):
    """Every key has an image."""

    def find_upload(self, key: str, version: str | None = None) -> Upload:
        self[key, version or "v1"] = make_png()
        return super().find_upload(key, version)


class WsgiGateway:
    """The API's handler as a WSGI application: builds the event that API Gateway would send."""

    def __init__(self) -> None:
        self.caller = ApiCaller(PipelineHarness(media=AnyKeyMediaStore()))
        custom = self.caller.operations["custom-labels"]
        self.caller.operations["custom-labels"] = replace(custom, settings={"ProjectVersionArn": MODEL})

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if path == "/openapi.json":
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(load_document()).encode()]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        reply = self.caller.send(self.build_event(environ["REQUEST_METHOD"], path, body, environ.get("CONTENT_TYPE")))
        status = HTTPStatus(reply.status)
        start(f"{status.value} {status.phrase}", list(reply.headers.items()))
        return [json.dumps(reply.json).encode()]

    def build_event(self, method: str, path: str, body: bytes, content_type: str | None) -> dict[str, Any]:
        if path.startswith("/analyze/"):
            operation = path.removeprefix("/analyze/")
            return make_api_event(method, "/analyze/{operation}", body, content_type, operation=operation)
        return make_api_event(method, path, body, content_type)


@pytest.fixture
def schema() -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", WsgiGateway())


@pytest.mark.parametrize(("path", "method", "mode"), FUZZ_TARGETS)
def test_every_response_conforms_to_the_document(
    path: str, method: str, mode: GenerationMode, schema: BaseSchema
) -> None:
    statuses = Counter(fuzz_operation(schema, path, method, mode, 60, lambda case: case.call(), make_png()))
    # Valid requests must reach the operations: a fuzzer whose requests are all refused tests nothing.
    assert mode is INVALID or 2 * statuses[200] >= statuses.total(), statuses
