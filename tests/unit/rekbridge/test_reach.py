from pathlib import Path

import pytest
from rekbridge.packaging.reach import Reach, Sources, data_beside
from rekbridge.support.errors import OperatorError


def reach(root: Path, entry: str = "", **others: str) -> Reach:
    """The reach of an entry with this source, in a tree with these other modules (a__b is rekbridge_lambda/a/b.py)."""
    for name, source in {"entrypoints__one": entry, **others}.items():
        module = (root / "rekbridge_lambda").joinpath(*name.split("__")).with_suffix(".py")
        module.parent.mkdir(parents=True, exist_ok=True)
        for package in (root / "rekbridge_lambda", module.parent):
            (package / "__init__.py").touch()
        module.write_text(source)
    return Sources(root).reach("one")


def names(found: Reach, root: Path) -> set[str]:
    return {
        str(module.relative_to(root / "rekbridge_lambda")) for module in found.modules if module.name != "__init__.py"
    }


def test_what_is_imported_over_another_module_is_reached(tmp_path: Path) -> None:
    found = reach(
        tmp_path,
        "import rekbridge_lambda.use_cases.a",
        use_cases__a="from rekbridge_lambda.domain import b",
        domain__b="",
        domain__c="",
    )
    assert names(found, tmp_path) == {"entrypoints/one.py", "use_cases/a.py", "domain/b.py"}


def test_a_lazy_import_is_reached(tmp_path: Path) -> None:
    found = reach(tmp_path, "def later():\n    from rekbridge_lambda.adapters import a", adapters__a="import PIL.Image")
    assert "adapters/a.py" in names(found, tmp_path)
    assert found.packages == {"PIL"}


@pytest.mark.parametrize("maker", ["client", "regional"])
def test_every_maker_of_clients_tells_its_service(tmp_path: Path, maker: str) -> None:
    found = reach(tmp_path, f"from rekbridge_lambda.adapters.a import {maker}\n{maker}('rekognition')", adapters__a="")
    assert found.services == {"rekognition"}


def test_a_relative_import_is_reached(tmp_path: Path) -> None:
    found = reach(
        tmp_path,
        "import rekbridge_lambda.domain.a",
        domain__a="from . import b\nfrom .c import d",
        domain__b="",
        domain__c="",
    )
    assert names(found, tmp_path) >= {"domain/b.py", "domain/c.py"}


def test_what_only_the_type_checker_imports_is_not_reached(tmp_path: Path) -> None:
    found = reach(tmp_path, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy_boto3_s3")
    assert found.packages == set()


def test_every_package_on_the_way_comes_along(tmp_path: Path) -> None:
    found = reach(tmp_path, "import rekbridge_lambda.domain.a", domain__a="")
    assert {
        tmp_path / "rekbridge_lambda" / "__init__.py",
        tmp_path / "rekbridge_lambda" / "domain" / "__init__.py",
    } <= found.modules


def test_services_are_read_from_the_clients_that_are_made(tmp_path: Path) -> None:
    found = reach(tmp_path, 'one = client("s3")\ntwo = session.client("sqs", region_name=here)')
    assert found.services == {"s3", "sqs"}


def test_a_client_whose_service_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"one\.py:2"):
        reach(tmp_path, "\nclient(service)")


def test_a_module_brings_the_data_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "operations.json").touch()
    (tmp_path / "regions.json").touch()
    assert data_beside(tmp_path / "operations.py") == [tmp_path / "operations.json"]


def test_the_words_of_a_source_tell_what_it_calls_and_what_its_data_names(tmp_path: Path) -> None:
    (tmp_path / "rekbridge_lambda" / "domain").mkdir(parents=True)
    (tmp_path / "rekbridge_lambda" / "domain" / "a.json").write_text('{"labels": [{"action": "DetectLabels"}]}')
    found = reach(
        tmp_path,
        "import rekbridge_lambda.domain.a\ns3.get_paginator('list_objects_v2')\ns3.head_object()",
        domain__a="",
    )
    assert found.words >= {"list_objects_v2", "head_object", "DetectLabels"}
