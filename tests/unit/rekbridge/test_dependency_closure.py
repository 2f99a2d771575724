from pathlib import Path

import pytest
from rekbridge.packaging.dependency_closure import DependencyClosure, SourceTree, find_data_files
from rekbridge.support.errors import OperatorError


def compute_closure(root: Path, entry: str = "", **others: str) -> DependencyClosure:
    """Compute the closure of an entry point with this source and other modules: a__b is rekbridge_lambda/a/b.py."""
    for name, source in {"entrypoints__one": entry, **others}.items():
        module = (root / "rekbridge_lambda").joinpath(*name.split("__")).with_suffix(".py")
        module.parent.mkdir(parents=True, exist_ok=True)
        for package in (root / "rekbridge_lambda", module.parent):
            (package / "__init__.py").touch()
        module.write_text(source)
    return SourceTree(root).compute_closure("one")


def list_names(closure: DependencyClosure, root: Path) -> set[str]:
    return {
        str(module.relative_to(root / "rekbridge_lambda")) for module in closure.modules if module.name != "__init__.py"
    }


def test_an_indirect_import_is_found(tmp_path: Path) -> None:
    closure = compute_closure(
        tmp_path,
        "import rekbridge_lambda.use_cases.a",
        use_cases__a="from rekbridge_lambda.domain import b",
        domain__b="",
        domain__c="",
    )
    assert list_names(closure, tmp_path) == {"entrypoints/one.py", "use_cases/a.py", "domain/b.py"}


def test_a_lazy_import_is_found(tmp_path: Path) -> None:
    closure = compute_closure(
        tmp_path, "def later():\n    from rekbridge_lambda.adapters import a", adapters__a="import PIL.Image"
    )
    assert "adapters/a.py" in list_names(closure, tmp_path)
    assert closure.packages == {"PIL"}


@pytest.mark.parametrize("factory", ["create", "per_region"])
def test_every_client_factory_names_its_service(tmp_path: Path, factory: str) -> None:
    closure = compute_closure(tmp_path, f"clients.{factory}('rekognition', config=config)")
    assert closure.services == {"rekognition"}


def test_a_relative_import_is_found(tmp_path: Path) -> None:
    closure = compute_closure(
        tmp_path,
        "import rekbridge_lambda.domain.a",
        domain__a="from . import b\nfrom .c import d",
        domain__b="",
        domain__c="",
    )
    assert list_names(closure, tmp_path) >= {"domain/b.py", "domain/c.py"}


def test_imports_for_type_checking_are_ignored(tmp_path: Path) -> None:
    closure = compute_closure(tmp_path, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy_boto3_s3")
    assert closure.packages == set()


def test_parent_packages_are_included(tmp_path: Path) -> None:
    closure = compute_closure(tmp_path, "import rekbridge_lambda.domain.a", domain__a="")
    assert {
        tmp_path / "rekbridge_lambda" / "__init__.py",
        tmp_path / "rekbridge_lambda" / "domain" / "__init__.py",
    } <= closure.modules


def test_services_are_read_from_calls_of_methods(tmp_path: Path) -> None:
    closure = compute_closure(
        tmp_path, 'one = clients.create("s3")\ntwo = self.clients.per_region("sqs", region_name=here)'
    )
    assert closure.services == {"s3", "sqs"}


def test_a_client_without_a_literal_service_is_refused_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"one\.py:2"):
        compute_closure(tmp_path, "\nclients.create(service)")


def test_the_data_of_a_module_is_the_file_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "operations.json").touch()
    (tmp_path / "regions.json").touch()
    assert find_data_files(tmp_path / "operations.py") == [tmp_path / "operations.json"]


def test_identifiers_include_called_methods_and_names_in_the_data(tmp_path: Path) -> None:
    (tmp_path / "rekbridge_lambda" / "domain").mkdir(parents=True)
    (tmp_path / "rekbridge_lambda" / "domain" / "a.json").write_text('{"labels": [{"action": "DetectLabels"}]}')
    closure = compute_closure(
        tmp_path,
        "import rekbridge_lambda.domain.a\ns3.get_paginator('list_objects_v2')\ns3.head_object()",
        domain__a="",
    )
    assert closure.identifiers >= {"list_objects_v2", "head_object", "DetectLabels"}


@pytest.mark.parametrize("factory", ["create", "per_region"])
def test_the_body_of_a_client_factory_is_ignored(tmp_path: Path, factory: str) -> None:
    source = f"class AwsClients:\n    def {factory}(self, service):\n        return self.{factory}(service)"
    assert compute_closure(tmp_path, source).services == set()


def test_a_module_that_another_process_imports_by_its_name_is_found(tmp_path: Path) -> None:
    closure = compute_closure(tmp_path, 'CHILD = "rekbridge_lambda.imaging.a"', imaging__a="import PIL.Image")
    assert "imaging/a.py" in list_names(closure, tmp_path)
    assert closure.packages == {"PIL"}
