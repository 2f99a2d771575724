"""The list of packages that were built."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from rekbridge.packaging.build import Package, read_package_list

API = Package("api", "inputs", "sha256", 1, 2, "SBOM's sha256")
# As written by earlier versions.
WITHOUT_SBOM = json.dumps([{name: value for name, value in asdict(API).items() if name != "sbom_sha256"}])


def test_the_list_of_built_packages_is_read(tmp_path: Path) -> None:
    (tmp_path / "packages.json").write_text(json.dumps([asdict(API)]))
    assert read_package_list(tmp_path) == {"api": API}


@pytest.mark.parametrize(
    "text", ["", '[{"name": "api"', '[{"name": "api", "size": 1}]', '[{"sha256": ""}]', WITHOUT_SBOM]
)
def test_a_list_that_is_truncated_or_of_another_form_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "packages.json").write_text(text)
    assert read_package_list(tmp_path) == {}
