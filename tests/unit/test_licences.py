"""docs/licences.md names every pinned package of the zips and of the engine, and every model, as they are now."""

import re

from rekbridge.packaging import licences
from rekbridge.packaging.pins import read_pins
from rekbridge.support import paths
from rekbridge_engine import model_files

PINS = read_pins((paths.LAMBDA_PACKAGE / "requirements.txt").read_text())
PAGE = (paths.ROOT / "docs" / "licences.md").read_text()
TABLE = licences.load_licences()
ENGINE_PINS = read_pins((paths.ENGINE_FOLDER / "requirements.txt").read_text())
ENGINE_PART = PAGE.partition("\n## The local Rekognition\n")[2]


def test_every_pinned_package_was_reviewed_in_its_version() -> None:
    assert {name: row.reviewed for name, row in TABLE.items()} == PINS


def test_the_page_has_the_tables_of_today() -> None:
    # If not: rekbridge pins
    assert licences.write_tables(PAGE, PINS) == PAGE


def test_the_page_names_every_package_and_library_with_its_licence() -> None:
    for name, row in TABLE.items():
        assert f"| {name} | {row.reviewed} | {row.licence} |" in PAGE
        for library in (*row.libraries.values(), *row.linked):
            assert f"| {name} | {library.project} | {library.version or 'unknown'} | " in PAGE


def test_lgpl_is_set_in_bold() -> None:
    assert PAGE.count("| **LGPL-3.0-or-later** |") == 2


def test_every_pinned_package_of_the_engine_is_named_with_a_licence() -> None:
    named = re.findall(r"^\| ([\w.-]+) \| (\d\S*) \| [^|]*\w[^|]* \|$", ENGINE_PART, re.MULTILINE)
    assert dict(named) == ENGINE_PINS


def test_every_model_of_the_engine_is_named_with_a_licence() -> None:
    named = re.findall(r"^\| `(\w+)` \| [^|]*\w[^|]* \| [^|]*\w[^|]* \| [^|]*\w[^|]* \|$", ENGINE_PART, re.MULTILINE)
    assert sorted(named) == sorted(file.stem for file in model_files.FOLDER.glob("*.onnx"))
