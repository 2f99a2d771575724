"""What a zip takes of botocore's data; tests/contract/test_zipped.py holds it against the whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from rekbridge.packaging import models
from rekbridge.packaging.reach import Reach
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


@pytest.mark.parametrize("word", ["get_object", "GetObject"])
def test_an_operation_is_kept_by_either_name(word: str) -> None:
    assert models.model(SERVICE, {word})["operations"].keys() == {"GetObject", "HeadBucket"}


def test_what_an_operation_consists_of_comes_along_and_no_more() -> None:
    kept = models.model(SERVICE, {"get_object"})["shapes"]
    assert kept.keys() == {"GetRequest", "Rows", "Row", "Text", "Gone"}


def test_an_error_that_the_source_names_is_kept() -> None:
    assert "Raised" in models.model(SERVICE, {"Raised"})["shapes"]


def test_texts_go_and_what_is_only_named_like_them_stays() -> None:
    kept = models.model(SERVICE, {"get_object"})
    assert "documentation" not in kept["operations"]["GetObject"]
    assert kept["shapes"]["GetRequest"] == SERVICE["shapes"]["GetRequest"]
    assert kept["clientContextParams"] == SERVICE["clientContextParams"]


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
    for number, told in enumerate(content.values()):
        (tmp_path / str(number)).write_text(json.dumps(told))
    return {file: tmp_path / str(number) for number, file in enumerate(content)}


def test_only_the_newest_version_of_a_used_service_is_kept(files: dict[str, Path]) -> None:
    assert models.trimmed(files, Reach(services={"s3"})).keys() == {
        "botocore/data/endpoints.json",
        "botocore/data/partitions.json",
        "botocore/data/s3/2006-03-01/service-2.json",
    }


def test_every_region_stays_in_the_table_of_endpoints(files: dict[str, Path]) -> None:
    table = json.loads(models.trimmed(files, Reach(services={"s3"}))["botocore/data/endpoints.json"])
    assert table["partitions"] == [{"partition": "aws", "regions": {"r": {}}, "services": {"s3": {}}}]


def test_what_is_no_service_is_refused_by_its_name(files: dict[str, Path]) -> None:
    with pytest.raises(OperatorError, match="'s4'"):
        models.trimmed(files, Reach(services={"s4"}))
