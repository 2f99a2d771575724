"""The trimming of botocore's data. tests/contract/test_trimmed_botocore.py compares it with the complete data."""

import json
from pathlib import Path
from typing import Any

import pytest
from rekbridge.packaging import models
from rekbridge.packaging.dependency_closure import DependencyClosure
from rekbridge.support.errors import OperatorError

SERVICE: dict[str, Any] = {
    "metadata": {"endpointPrefix": "s3"},
    "documentation": "a service",
    "clientContextParams": {"UseArnRegion": {"documentation": "botocore reads this one", "type": "boolean"}},
    "operations": {
        "GetObject": {"input": {"shape": "GetRequest"}, "errors": [{"shape": "Gone"}], "documentation": "gets"},
        "PutObject": {"input": {"shape": "PutRequest"}},
        "HeadBucket": {},
    },
    "shapes": {
        "GetRequest": {"type": "structure", "members": {"documentation": {"shape": "Text"}, "rows": {"shape": "Rows"}}},
        "Rows": {"type": "list", "member": {"shape": "Row"}},
        "Row": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Row"}, "documentation": "within itself"},
        "Text": {"type": "string"},
        "PutRequest": {"type": "structure", "members": {}},
        "Gone": {"type": "structure", "members": {}, "exception": True},
        "Raised": {"type": "structure", "members": {}, "exception": True},
    },
}


@pytest.mark.parametrize("name", ["get_object", "GetObject"])
def test_an_operation_is_kept_by_either_name(name: str) -> None:
    assert models.trim_model(SERVICE, {name})["operations"].keys() == {"GetObject", "HeadBucket"}


def test_only_the_shapes_of_kept_operations_are_kept() -> None:
    shapes = models.trim_model(SERVICE, {"get_object"})["shapes"]
    assert shapes.keys() == {"GetRequest", "Rows", "Row", "Text", "Gone"}


def test_an_error_that_the_source_names_is_kept() -> None:
    assert "Raised" in models.trim_model(SERVICE, {"Raised"})["shapes"]


def test_documentation_is_removed_and_members_of_that_name_are_kept() -> None:
    model = models.trim_model(SERVICE, {"get_object"})
    assert "documentation" not in model["operations"]["GetObject"]
    assert model["shapes"]["GetRequest"] == SERVICE["shapes"]["GetRequest"]
    assert model["clientContextParams"] == SERVICE["clientContextParams"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    table = {"partitions": [{"partition": "aws", "regions": {"r": {}}, "services": {"s3": {}, "ec2": {}}}]}
    content: dict[str, Any] = {
        "botocore/data/endpoints.json": table,
        "botocore/data/partitions.json": {},
        **{f"botocore/data/s3/{version}/service-2.json": SERVICE for version in ("2001-01-01", "2006-03-01")},
        "botocore/data/s3/2006-03-01/examples-1.json": {},
        "botocore/data/ec2/2016-11-15/service-2.json": SERVICE,
    }
    for number, value in enumerate(content.values()):
        (tmp_path / str(number)).write_text(json.dumps(value))
    return {file: tmp_path / str(number) for number, file in enumerate(content)}


def test_only_the_newest_version_of_a_used_service_is_kept(files: dict[str, Path]) -> None:
    assert models.trim_data(files, DependencyClosure(services={"s3"})).keys() == {
        "botocore/data/endpoints.json",
        "botocore/data/partitions.json",
        "botocore/data/s3/2006-03-01/service-2.json",
    }


def test_every_region_stays_in_the_table_of_endpoints(files: dict[str, Path]) -> None:
    table = json.loads(models.trim_data(files, DependencyClosure(services={"s3"}))["botocore/data/endpoints.json"])
    assert table["partitions"] == [{"partition": "aws", "regions": {"r": {}}, "services": {"s3": {}}}]


def test_an_unknown_service_is_reported_by_its_name(files: dict[str, Path]) -> None:
    with pytest.raises(OperatorError, match="'s4'"):
        models.trim_data(files, DependencyClosure(services={"s4"}))
