"""docs/openapi.json against the code: every path, operation, parameter, status and code; the rest is fuzzed."""

import json
from typing import Any

import botocore.session
import pytest
from openapi_spec_validator import validate
from rekbridge.api.openapi import document, refusals
from rekbridge.support import paths
from rekbridge_lambda.adapters.http.api_gateway import CODES, status_of
from rekbridge_lambda.domain.errors import Rejected, RekbridgeError, UnreadableMessage
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.parameters import NOT_OFFERED

from tests.caller import Caller

DOCUMENT: dict[str, Any] = json.loads(document.DOCUMENT.read_text())
MODEL = botocore.session.get_session().get_service_model("rekognition")


def test_the_file_is_as_the_command_writes_it() -> None:
    assert document.written() == document.DOCUMENT.read_text()


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_described_and_every_description_is_a_route() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    routes = set[tuple[str, str]]()
    for method, path in Caller().routes:
        routes |= {(method, path.format(operation=name)) for name in CATALOG}
    assert described == routes


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_described_with_all_its_parameters(name: str) -> None:
    asked = schema_of(name)
    assert asked["properties"].keys() == {*CATALOG[name].images, *CATALOG[name].parameters} - {NOT_OFFERED}
    assert asked["required"] == CATALOG[name].images


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_described_with_rekognitions_answer(name: str) -> None:
    answer = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    shape = DOCUMENT["components"]["schemas"][answer["allOf"][0]["$ref"].rpartition("/")[2]]
    theirs = MODEL.operation_model(CATALOG[name].action).output_shape
    assert theirs is not None
    assert shape["properties"].keys() == set(theirs.members)


def test_only_a_single_image_may_be_sent_as_a_file() -> None:
    for name, operation in CATALOG.items():
        kinds = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["requestBody"]["content"].keys()
        assert ("image/*" in kinds) is (len(operation.images) == 1)


def schema_of(name: str) -> dict[str, Any]:
    content = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["requestBody"]["content"]
    found: dict[str, Any] = content["application/json"]["schema"]
    return found


def kinds(of: type[RekbridgeError]) -> list[type[RekbridgeError]]:
    return [of, *(kind for below in of.__subclasses__() for kind in kinds(below))]


def coded() -> set[tuple[int, str]]:
    """Status and code of every error that a request may end with."""
    found = {(500, "internal-error")}
    for kind in kinds(RekbridgeError)[1:]:
        # Of queues: no request brings it about.
        if kind is not UnreadableMessage:
            status = status_of(kind("why"))
            found.add((status, kind.code if issubclass(kind, Rejected) else CODES[status]))
    return found


def test_every_error_is_described_and_every_description_is_an_error() -> None:
    described = {(status, code) for status, (_, ours, _) in refusals.REFUSALS.items() for code in ours}
    # Its kinds alone are told; this one stands for those to come.
    assert described == coded() | {(400, "rejected")}


def test_every_refusal_may_come_on_every_analysis() -> None:
    for name in CATALOG:
        statuses = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["responses"].keys()
        assert statuses == {"200", *map(str, refusals.REFUSALS)}


def test_the_gateways_refusals_are_those_of_its_module() -> None:
    module = (paths.ROOT / "modules" / "gateway" / "refusals.tf").read_text()
    for _, _, gateways in refusals.REFUSALS.values():
        for code in gateways:
            assert f'code = "{code}"' in module or f'code    = "{code}"' in module
