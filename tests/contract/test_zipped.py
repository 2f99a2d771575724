"""What a zip knows of AWS is what botocore knows of it: the same requests, answers, errors and endpoints."""

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

from tests.contract import zipped

WHOLE = Loader()
SERVICES = [(entry, service) for entry in zipped.entries() for service in sorted(zipped.reached(entry).services)]
each_service = pytest.mark.parametrize(("entry", "service"), SERVICES)


@cache
def whole(service: str) -> ServiceModel:
    return ServiceModel(WHOLE.load_service_model(service, "service-2"), service)


@cache
def ours(entry: str, service: str) -> ServiceModel:
    return ServiceModel(zipped.loader(entry).load_service_model(service, "service-2"), service)


def both(entry: str, service: str) -> list[tuple[OperationModel, OperationModel]]:
    """Each operation in the zip, as botocore has it and as the zip has it."""
    there = ours(entry, service)
    return [(whole(service).operation_model(name), there.operation_model(name)) for name in there.operation_names]


def sample(shape: Shape, depth: int = 0) -> Any:
    """A value that has every member, down to where shapes begin to contain themselves."""
    match shape.type_name:
        case "structure":
            members = shape.members.items() if depth < 6 else ()  # type: ignore[attr-defined]
            if getattr(shape, "is_tagged_union", False):
                members = list(members)[:1]
            return {name: sample(member, depth + 1) for name, member in members if not event_stream(member)}
        case "list":
            return [sample(shape.member, depth + 1)]  # type: ignore[attr-defined]
        case "map":
            return {"name": sample(shape.value, depth + 1)}  # type: ignore[attr-defined]
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


def event_stream(shape: Shape) -> bool:
    return bool(getattr(shape, "serialization", {}).get("eventstream"))


@each_service
def test_a_request_is_the_same(entry: str, service: str) -> None:
    for theirs, mine in both(entry, service):
        serialize = create_serializer(str(theirs.metadata["protocol"]), False).serialize_to_request
        given = sample(theirs.input_shape) if theirs.input_shape else {}
        assert serialize(given, mine) == serialize(given, theirs)


@each_service
def test_an_answer_is_read_the_same(entry: str, service: str) -> None:
    for theirs, mine in both(entry, service):
        if theirs.output_shape and mine.output_shape:
            answer = {"status_code": 200, "headers": {}, "body": body(theirs)}
            parse = create_parser(str(theirs.metadata["protocol"])).parse
            assert parse(answer, mine.output_shape) == parse(answer, theirs.output_shape)
        assert bool(mine.output_shape) == bool(theirs.output_shape)


def body(operation: OperationModel) -> bytes:
    """An answer on the wire, with everything that there may be in it."""
    shape = operation.output_shape
    assert shape
    if operation.metadata["protocol"] == "json":
        return json.dumps(sample(shape), default=lambda blob: b64encode(blob).decode()).encode()
    root = ElementTree.Element("answers")
    RestXMLSerializer()._serialize(shape, sample(shape), root, "answer")  # type: ignore[attr-defined]
    return ElementTree.tostring(root[0])


@each_service
def test_every_error_of_an_operation_is_known(entry: str, service: str) -> None:
    for theirs, mine in both(entry, service):
        assert {error.name for error in mine.error_shapes} == {error.name for error in theirs.error_shapes}


@each_service
def test_nothing_but_texts_is_left_out_of_a_shape(entry: str, service: str) -> None:
    there = zipped.loader(entry).load_service_model(service, "service-2")["shapes"]
    known = WHOLE.load_service_model(service, "service-2")["shapes"]
    assert there == {name: silent(known[name]) for name in there}


def silent(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: silent(one) for name, one in told.items() if name != "documentation" or isinstance(one, dict)}
    return [silent(one) for one in told] if isinstance(told, list) else told


@each_service
def test_every_region_has_the_endpoint_that_botocore_knows(entry: str, service: str) -> None:
    """By its rules, which clients follow, and by its table, which they sign by; FIPS and dual-stack as well."""
    (their_rules, their_table), (my_rules, my_table) = (known(one, service) for one in (WHOLE, zipped.loader(entry)))
    regions = [region for partition in WHOLE.load_data("endpoints")["partitions"] for region in partition["regions"]]
    assert len(regions) > 30
    for region in regions:
        assert my_table.construct_endpoint(service, region) == their_table.construct_endpoint(service, region)
        for fips, dual in product((False, True), (False, True)):
            assert resolved(my_rules, region, fips, dual) == resolved(their_rules, region, fips, dual)


def known(loader: Loader, service: str) -> tuple[EndpointProvider, EndpointResolver]:
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    return EndpointProvider(rules, loader.load_data("partitions")), EndpointResolver(loader.load_data("endpoints"))


def resolved(provider: EndpointProvider, region: str, fips: bool, dual: bool) -> Any:
    """The endpoint, or why there is none."""
    try:
        return provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
    except EndpointProviderError as why:
        return str(why)


def test_botocore_finds_what_it_asks_by_itself() -> None:
    assert {"HeadBucket", "CreateBucket"} <= set(ours("api", "s3").operation_names)


def test_what_no_source_names_is_left_out() -> None:
    assert "DeleteBucket" not in ours("ingest", "s3").operation_names
    assert "DeleteTable" not in ours("ingest", "dynamodb").operation_names
