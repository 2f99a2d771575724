"""docs/openapi.json against the code: paths, operations, parameters, statuses, codes. A fuzz test checks the rest."""

import json
from typing import Any

import botocore.session
import pytest
from openapi_spec_validator import validate
from rekbridge.api.openapi import document, error_responses
from rekbridge.support import paths
from rekbridge_lambda.adapters.http.api_gateway import CODES, get_status
from rekbridge_lambda.domain.errors import Rejected, RekbridgeError, UnreadableMessage
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.parameters import FORBIDDEN_PARAMETER

from tests.api_caller import ApiCaller

DOCUMENT: dict[str, Any] = json.loads(document.DOCUMENT.read_text())
MODEL = botocore.session.get_session().get_service_model("rekognition")


def test_the_file_is_up_to_date() -> None:
    assert document.format_document() == document.DOCUMENT.read_text()


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_described_and_every_description_is_a_route() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    routes = set[tuple[str, str]]()
    for method, path in ApiCaller().routes:
        routes |= {(method, path.format(operation=name)) for name in CATALOG}
    assert described == routes


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_described_with_all_its_parameters(name: str) -> None:
    schema = get_request_schema(name)
    assert schema["properties"].keys() == {*CATALOG[name].image_parameters, *CATALOG[name].parameters} - {
        FORBIDDEN_PARAMETER
    }
    assert schema["required"] == CATALOG[name].image_parameters


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_described_with_rekognitions_response(name: str) -> None:
    answer = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    shape = DOCUMENT["components"]["schemas"][answer["allOf"][0]["$ref"].rpartition("/")[2]]
    theirs = MODEL.operation_model(CATALOG[name].action).output_shape
    assert theirs is not None
    assert shape["properties"].keys() == set(theirs.members)


def test_only_a_single_image_may_be_sent_as_a_file() -> None:
    for name, operation in CATALOG.items():
        content_types = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["requestBody"]["content"].keys()
        assert ("image/*" in content_types) is (len(operation.image_parameters) == 1)


def get_request_schema(name: str) -> dict[str, Any]:
    content = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["requestBody"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


def list_subclasses(base: type[RekbridgeError]) -> list[type[RekbridgeError]]:
    return [base, *(kind for subclass in base.__subclasses__() for kind in list_subclasses(subclass))]


def list_error_codes() -> set[tuple[int, str]]:
    """Return status and code of every error that a request can get."""
    codes = {(500, "internal-error")}
    for kind in list_subclasses(RekbridgeError)[1:]:
        # This error is for messages of queues.
        if kind is not UnreadableMessage:
            status = get_status(kind("why"))
            codes.add((status, kind.code if issubclass(kind, Rejected) else CODES[status]))
    return codes


def test_every_error_is_described_and_every_description_is_an_error() -> None:
    described = {(status, code) for status, (_, ours, _) in error_responses.ERRORS_BY_STATUS.items() for code in ours}
    # `rejected` is the base class: only its subclasses are raised today.
    assert described == list_error_codes() | {(400, "rejected")}


def test_every_analysis_lists_every_error_response() -> None:
    for name in CATALOG:
        statuses = DOCUMENT["paths"][f"/analyze/{name}"]["post"]["responses"].keys()
        assert statuses == {"200", *map(str, error_responses.ERRORS_BY_STATUS)}


def test_the_gateways_error_codes_are_those_of_its_module() -> None:
    module = (paths.ROOT / "modules" / "gateway" / "error_responses.tf").read_text()
    for _, _, gateways in error_responses.ERRORS_BY_STATUS.values():
        for code in gateways:
            assert f'code = "{code}"' in module or f'code    = "{code}"' in module
