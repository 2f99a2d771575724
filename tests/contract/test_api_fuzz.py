"""The API's handler against its document: whatever is sent, the answer is one that the document knows."""

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

from tests.builders import png
from tests.caller import Caller, event
from tests.fakes import FakeMedia
from tests.fuzzing import MODEL, OPERATIONS, UNFITTING, document, fuzz
from tests.world import World


class Everything(FakeMedia):
    """Whatever key is named has a picture."""

    def find(self, key: str, version: str | None = None) -> Upload:
        self[key, version or "v1"] = png()
        return super().find(key, version)


class Gateway:
    """The API's handler as a WSGI application: what API Gateway does with a request it lets in."""

    def __init__(self) -> None:
        self.caller = Caller(World(media=Everything()))
        custom = self.caller.plan["custom-labels"]
        self.caller.plan["custom-labels"] = replace(custom, settings={"ProjectVersionArn": MODEL})

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if path == "/openapi.json":
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(document()).encode()]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        found = self.caller.send(self.event(environ["REQUEST_METHOD"], path, body, environ.get("CONTENT_TYPE")))
        status = HTTPStatus(found.status)
        start(f"{status.value} {status.phrase}", list(found.headers.items()))
        return [json.dumps(found.json).encode()]

    def event(self, method: str, path: str, body: bytes, content_type: str | None) -> dict[str, Any]:
        if path.startswith("/analyze/"):
            named = path.removeprefix("/analyze/")
            return event(method, "/analyze/{operation}", body, content_type, operation=named)
        return event(method, path, body, content_type)


@pytest.fixture
def schema() -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", Gateway())


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_of_the_documents(
    path: str, method: str, mode: GenerationMode, schema: BaseSchema
) -> None:
    statuses = Counter(fuzz(schema, path, method, mode, 60, lambda case: case.call(), png()))
    # A fuzzer that is always refused would try nothing.
    assert mode is UNFITTING or 2 * statuses[200] >= statuses.total(), statuses
