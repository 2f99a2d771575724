"""The SBOMs beside the real zips, for this machine's processor."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name
from rekbridge.packaging.build import Package, build_packages, get_host_architecture, get_sbom_name
from rekbridge.packaging.wheels import Wheels
from rekbridge.support.paths import LAMBDA_PACKAGE

ENTRIES = sorted(path.stem for path in (LAMBDA_PACKAGE / "entrypoints").glob("[!_]*.py"))
type Built = tuple[Path, dict[str, Package]]
each_package = pytest.mark.parametrize("entry", ENTRIES)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    into = tmp_path_factory.mktemp("packages")
    return into, {package.name: package for package in build_packages(get_host_architecture(), into)}


def read_sbom(built: Built, entry: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((built[0] / get_sbom_name(entry)).read_text())
    return document


def iterate_libraries(sbom: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nested components that are files of the zip."""
    for component in sbom["components"]:
        yield from (one for one in component.get("components", []) if "evidence" in one)


@each_package
def test_an_sbom_has_the_form_of_cyclonedx(entry: str, built: Built) -> None:
    text = (built[0] / get_sbom_name(entry)).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@each_package
def test_an_sbom_lists_the_distributions_in_the_zip(entry: str, built: Built) -> None:
    listed = {(one["name"], one["version"]) for one in read_sbom(built, entry)["components"]}
    with zipfile.ZipFile(built[0] / f"{entry}.zip") as opened:
        folders = {name.partition("/")[0] for name in opened.namelist()}
    found = set()
    for folder in folders:
        if folder.endswith(".dist-info"):
            name, _, version = folder.removesuffix(".dist-info").rpartition("-")
            found.add((canonicalize_name(name), version))
    ours = {one for one in listed if one[0] == "rekbridge_lambda"}
    assert (len(ours), listed - ours) == (1, found)


@each_package
def test_every_file_of_a_zip_is_of_a_listed_component(entry: str, built: Built) -> None:
    wheels = Wheels(get_host_architecture(), LAMBDA_PACKAGE / "requirements.txt")
    names = {one["name"] for one in read_sbom(built, entry)["components"]} - {"rekbridge_lambda"}
    listed = {file.removesuffix(".gz") for name in names for file in wheels.list_files(name)}
    with zipfile.ZipFile(built[0] / f"{entry}.zip") as opened:
        others = [file for file in opened.namelist() if not file.startswith("rekbridge_lambda/")]
    assert [file for file in others if file.removesuffix(".gz") not in listed] == []


@each_package
def test_an_sbom_lists_the_shared_libraries_in_the_zip(entry: str, built: Built) -> None:
    listed = {
        one["evidence"]["occurrences"][0]["location"]: one["hashes"][0]["content"]
        for one in iterate_libraries(read_sbom(built, entry))
    }
    with zipfile.ZipFile(built[0] / f"{entry}.zip") as opened:
        found = {
            name: hashlib.sha256(opened.read(name)).hexdigest()
            for name in opened.namelist()
            if name.partition("/")[0].endswith(".libs")
        }
    assert listed == found


@pytest.mark.parametrize("entry", ["api", "ingest"])
def test_the_lgpl_parts_are_named(entry: str, built: Built) -> None:
    lgpl = {one["name"] for one in iterate_libraries(read_sbom(built, entry)) if "LGPL" in json.dumps(one["licenses"])}
    assert lgpl == {"libheif", "libde265"}


@each_package
def test_an_sbom_has_the_digest_of_its_zip(entry: str, built: Built) -> None:
    described = read_sbom(built, entry)["metadata"]["component"]
    assert described["name"] == f"{entry}.zip"
    assert described["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256((built[0] / f"{entry}.zip").read_bytes()).hexdigest()}
    ]


@each_package
def test_the_wheels_of_an_sbom_are_pinned(entry: str, built: Built) -> None:
    pins = (LAMBDA_PACKAGE / "requirements.txt").read_text()
    wheels = [one for one in read_sbom(built, entry)["components"] if one["purl"].startswith("pkg:pypi/")]
    assert [one["name"] for one in wheels if f"--hash=sha256:{one['hashes'][0]['content']}" not in pins] == []
    assert wheels != []
