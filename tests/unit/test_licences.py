"""docs/licences.md names every package that the Lambdas' zips are made of and that the engine needs, in its version."""

import re
from pathlib import Path

import pytest
from rekbridge.support import paths
from rekbridge_engine import model_files

PIN = re.compile(r"^([\w.-]+)==(\S+)$", re.MULTILINE)
LAMBDA_PART, ENGINE_PART = (paths.ROOT / "docs" / "licences.md").read_text().split("\n## The local Rekognition\n")
PARTS = [
    pytest.param(LAMBDA_PART, paths.LAMBDA_PACKAGE / "requirements.txt", id="lambda"),
    pytest.param(ENGINE_PART, paths.ENGINE_FOLDER / "requirements.txt", id="engine"),
]


@pytest.mark.parametrize(("part", "pins"), PARTS)
def test_every_pinned_package_is_named_with_its_version_and_a_licence(part: str, pins: Path) -> None:
    named = re.findall(r"^\| ([\w.-]+) \| (\d\S*) \| [^|]*\w[^|]* \|$", part, re.MULTILINE)
    assert sorted(named) == sorted(PIN.findall(pins.read_text()))


def test_every_model_of_the_engine_is_named_with_a_licence() -> None:
    named = re.findall(r"^\| `(\w+)` \| [^|]*\w[^|]* \| [^|]*\w[^|]* \| [^|]*\w[^|]* \|$", ENGINE_PART, re.MULTILINE)
    assert sorted(named) == sorted(file.stem for file in model_files.FOLDER.glob("*.onnx"))
