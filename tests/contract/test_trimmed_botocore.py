"""The trimmed botocore of each zip behaves like the complete one: the same requests, responses, errors, endpoints."""

import json
from base64 import b64encode
from functools import cache
from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import create_parser
from botocore.regions import EndpointResolver
from botocore.serialize import RestXMLSerializer, create_serializer

from tests.contract import trimmed_botocore

COMPLETE = Loader()
SERVICES = [
    (entrypoint, service)
    for entrypoint in trimmed_botocore.list_entrypoints()
    for service in sorted(trimmed_botocore.compute_closure(entrypoint).services)
]
each_service = pytest.mark.parametrize(("entrypoint", "service"), SERVICES)


@cache
def load_complete_model(service: str) -> ServiceModel:
    return ServiceModel(COMPLETE.load_service_model(service, "service-2"), service)


@cache
def load_trimmed_model(entrypoint: str, service: str) -> ServiceModel:
    return ServiceModel(trimmed_botocore.create_loader(entrypoint).load_service_model(service, "service-2"), service)


def pair_operations(entrypoint: str, service: str) -> list[tuple[OperationModel, OperationModel]]:
    """Each operation in the zip: its complete model, and its trimmed one."""
    trimmed = load_trimmed_model(entrypoint, service)
    return [
        (load_complete_model(service).operation_model(name), trimmed.operation_model(name))
        for name in trimmed.operation_names
    ]


def build_sample(shape: Shape, depth: int = 0) -> Any:
    """A value with every member, down to a depth at which shapes begin to contain themselves."""
    match shape.type_name:
        case "structure":
            members = shape.members.items() if depth < 6 else ()  # type: ignore[attr-defined]
            if getattr(shape, "is_tagged_union", False):
                members = list(members)[:1]
            return {name: build_sample(member, depth + 1) for name, member in members if not is_event_stream(member)}
        case "list":
            return [build_sample(shape.member, depth + 1)]  # type: ignore[attr-defined]
        case "map":
            return {"name": build_sample(shape.value, depth + 1)}  # type: ignore[attr-defined]
        case "string":
            return next(iter(getattr(shape, "enum", [])), "text")
        case "timestamp":
            return 1_800_000_000
        case "blob":
            return b"bytes"
        case "boolean":
            return True
        case _:
            return 7


def is_event_stream(shape: Shape) -> bool:
    return bool(getattr(shape, "serialization", {}).get("eventstream"))


@each_service
def test_serializes_the_same_request(entrypoint: str, service: str) -> None:
    for complete, trimmed in pair_operations(entrypoint, service):
        serialize = create_serializer(str(complete.metadata["protocol"]), False).serialize_to_request
        parameters = build_sample(complete.input_shape) if complete.input_shape else {}
        assert serialize(parameters, trimmed) == serialize(parameters, complete)


@each_service
def test_parses_the_same_response(entrypoint: str, service: str) -> None:
    for complete, trimmed in pair_operations(entrypoint, service):
        if complete.output_shape and trimmed.output_shape:
            response = {"status_code": 200, "headers": {}, "body": serialize_response(complete)}
            parse = create_parser(str(complete.metadata["protocol"])).parse
            assert parse(response, trimmed.output_shape) == parse(response, complete.output_shape)
        assert bool(trimmed.output_shape) == bool(complete.output_shape)


def serialize_response(operation: OperationModel) -> bytes:
    """The bytes of a response that has every member."""
    shape = operation.output_shape
    assert shape
    if operation.metadata["protocol"] == "json":
        return json.dumps(build_sample(shape), default=lambda blob: b64encode(blob).decode()).encode()
    root = ElementTree.Element("responses")
    RestXMLSerializer()._serialize(shape, build_sample(shape), root, "response")  # type: ignore[attr-defined]
    return ElementTree.tostring(root[0])


@each_service
def test_an_operation_has_the_same_errors(entrypoint: str, service: str) -> None:
    for complete, trimmed in pair_operations(entrypoint, service):
        assert {error.name for error in trimmed.error_shapes} == {error.name for error in complete.error_shapes}


@each_service
def test_shapes_lack_nothing_but_documentation(entrypoint: str, service: str) -> None:
    trimmed = trimmed_botocore.create_loader(entrypoint).load_service_model(service, "service-2")["shapes"]
    complete = COMPLETE.load_service_model(service, "service-2")["shapes"]
    assert trimmed == {name: remove_documentation(complete[name]) for name in trimmed}


def remove_documentation(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: remove_documentation(child)
            for name, child in value.items()
            if name != "documentation" or isinstance(child, dict)
        }
    return [remove_documentation(child) for child in value] if isinstance(value, list) else value


@each_service
def test_every_region_has_the_same_endpoint(entrypoint: str, service: str) -> None:
    """By the rules, which clients call, and by the table, which they sign for; also FIPS and dual-stack endpoints."""
    (complete_rules, complete_table), (trimmed_rules, trimmed_table) = (
        load_endpoint_data(loader, service) for loader in (COMPLETE, trimmed_botocore.create_loader(entrypoint))
    )
    regions = [region for partition in COMPLETE.load_data("endpoints")["partitions"] for region in partition["regions"]]
    assert len(regions) > 30
    for region in regions:
        assert trimmed_table.construct_endpoint(service, region) == complete_table.construct_endpoint(service, region)
        for fips, dual in product((False, True), (False, True)):
            trimmed, complete = (
                resolve_endpoint(rules, region, fips, dual) for rules in (trimmed_rules, complete_rules)
            )
            assert trimmed == complete


def load_endpoint_data(loader: Loader, service: str) -> tuple[EndpointProvider, EndpointResolver]:
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    return EndpointProvider(rules, loader.load_data("partitions")), EndpointResolver(loader.load_data("endpoints"))


def resolve_endpoint(provider: EndpointProvider, region: str, fips: bool, dual: bool) -> Any:
    """The endpoint, or the message of the error."""
    try:
        return provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
    except EndpointProviderError as error:
        return str(error)


def test_operations_that_botocore_calls_by_itself_are_kept() -> None:
    assert {"HeadBucket", "CreateBucket"} <= set(load_trimmed_model("api", "s3").operation_names)


def test_an_operation_that_no_source_names_is_left_out() -> None:
    assert "DeleteBucket" not in load_trimmed_model("ingest", "s3").operation_names
    assert "DeleteTable" not in load_trimmed_model("ingest", "dynamodb").operation_names
