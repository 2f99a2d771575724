"""The list of packages that were built."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from rekbridge.packaging.build import Package, built

API = Package("api", "inputs", "sha256", 1, 2)


def test_what_was_built_is_known(tmp_path: Path) -> None:
    (tmp_path / "packages.json").write_text(json.dumps([asdict(API)]))
    assert built(tmp_path) == {"api": API}


@pytest.mark.parametrize("told", ["", '[{"name": "api"', '[{"name": "api", "size": 1}]', '[{"sha256": ""}]'])
def test_a_list_cut_short_or_of_another_version_is_none(tmp_path: Path, told: str) -> None:
    (tmp_path / "packages.json").write_text(told)
    assert built(tmp_path) == {}
