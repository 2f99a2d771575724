"""The SBOM of a zip, for wheels that are unpacked by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from rekbridge.packaging import sbom
from rekbridge.packaging.sbom import ZipContents
from rekbridge.packaging.wheels import Wheels
from rekbridge.support.errors import OperatorError

LIBRARY = "pi_heif.libs/libheif-7a3e919c.so.1.23.0"
FILES = {"six.py": b"", LIBRARY: b"machine code"}
VERSIONS = {"six": "1.17.0", "pi_heif": "1.4.0"}
NAMES = frozenset({"six", "pi-heif"})
DIGEST = "0" * 64


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of our own for unpacked wheels."""
    monkeypatch.setenv("REKBRIDGE_HOME", str(tmp_path))


def unpack(folder: Path, versions: dict[str, str] = VERSIONS, files: dict[str, bytes] = FILES) -> Wheels:
    """Lay wheels as pip does: pi-heif with the shared libraries, six with the rest."""
    pins = folder / "pins.txt"
    pins.write_text(json.dumps(versions))
    wheels = Wheels("arm64", pins)
    archives = {}
    for name, version in versions.items():
        info = wheels.folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        owned = [file for file in files if (".libs/" in file) == (name == "pi_heif")]
        info.joinpath("RECORD").write_text("".join(f"{file},,\n" for file in owned))
        archives[name.replace("_", "-")] = [f"{name}-{version}-py3-none-any.whl", DIGEST]
    for file, content in files.items():
        (wheels.folder / file).parent.mkdir(exist_ok=True)
        (wheels.folder / file).write_bytes(content)
    (wheels.folder / "archives.json").write_text(json.dumps(archives))
    return wheels


def build(wheels: Wheels, files: dict[str, bytes] = FILES, sha256: str = DIGEST) -> bytes:
    return sbom.build_sbom(ZipContents("ingest", sha256, files, frozenset({"pi-heif"}), NAMES), wheels)


def parse(document: bytes) -> dict[str, Any]:
    """Return the SBOM's components by name, nested ones included."""
    components = json.loads(document)["components"]
    return {one["name"]: one for outer in components for one in (outer, *outer.get("components", []))}


def test_an_sbom_has_the_form_of_cyclonedx(tmp_path: Path) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(build(unpack(tmp_path)).decode()) is None


def test_an_sbom_names_the_lgpl_library_with_its_file_and_digest(tmp_path: Path) -> None:
    library = parse(build(unpack(tmp_path)))["libheif"]
    assert library["licenses"] == [{"license": {"id": "LGPL-3.0-or-later"}}]
    assert library["evidence"] == {"occurrences": [{"location": LIBRARY}]}
    assert library["hashes"][0]["content"] == hashlib.sha256(FILES[LIBRARY]).hexdigest()


def test_an_sbom_has_the_digest_of_the_wheel_and_of_the_zip(tmp_path: Path) -> None:
    document = build(unpack(tmp_path), sha256="1" * 64)
    six = parse(document)["six"]
    assert (six["hashes"][0]["content"], six["purl"]) == (
        DIGEST,
        "pkg:pypi/six@1.17.0?file_name=six-1.17.0-py3-none-any.whl",
    )
    assert json.loads(document)["metadata"]["component"]["hashes"][0]["content"] == "1" * 64


def test_the_graph_leads_from_the_zip_to_every_component(tmp_path: Path) -> None:
    document = json.loads(build(unpack(tmp_path)))
    graph = {row["ref"]: set(row["dependsOn"]) for row in document["dependencies"]}
    reached, pending = set[str](), {"zip"}
    while pending:
        reached |= pending
        pending = set().union(*(graph[ref] for ref in pending)) - reached
    # Nothing that is imported here requires six.
    assert set(graph) - reached == {"pkg:pypi/six@1.17.0"}


def test_equal_contents_have_equal_sboms(tmp_path: Path) -> None:
    wheels = unpack(tmp_path)
    assert build(wheels) == build(Wheels(wheels.architecture, wheels.pins))


@pytest.mark.parametrize("versions", [VERSIONS | {"six": "1.16.0"}, VERSIONS | {"pi_heif": "1.4.1"}])
def test_another_pin_gives_another_sbom(tmp_path: Path, versions: dict[str, str]) -> None:
    first, second = (json.loads(build(unpack(tmp_path, one))) for one in (VERSIONS, versions))
    assert first["serialNumber"] != second["serialNumber"]
    assert first["components"] != second["components"]


def test_another_build_of_a_library_gives_another_sbom(tmp_path: Path) -> None:
    wheels = unpack(tmp_path)
    assert build(wheels) != build(wheels, FILES | {LIBRARY: b"our own build"})


def test_a_library_without_a_licence_is_refused(tmp_path: Path) -> None:
    files = FILES | {"pi_heif.libs/libx265-1.so": b""}
    with pytest.raises(OperatorError, match="libx265, a shared library of pi-heif, is not listed"):
        build(unpack(tmp_path, files=files), files)


def test_a_distribution_without_a_licence_is_refused(tmp_path: Path) -> None:
    wheels = unpack(tmp_path, VERSIONS | {"strange": "1"})
    contents = ZipContents("ingest", DIGEST, FILES, frozenset(), frozenset({"strange"}))
    with pytest.raises(OperatorError, match="licence of strange is not listed"):
        sbom.build_sbom(contents, wheels)
