"""Builds the SBOM of a Lambda's zip: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), equal for equal zips."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePosixPath
from urllib.parse import quote

from rekbridge.packaging import licences
from rekbridge.packaging.licences import NativeLibrary
from rekbridge.packaging.wheels import Wheels
from rekbridge.support.json_types import JsonObject

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
OURS, OUR_LICENCE = "rekbridge_lambda", "Apache-2.0"
# What packaging changes in a distribution (contents.py). Apache-2.0 wants changes to be stated.
CHANGES = {
    "botocore": "Its data has only the services and operations that the function calls, without documentation, "
    "and cacert.pem only Amazon's root certificates."
}


@dataclass(frozen=True, slots=True)
class ZipContents:
    """What a zip was made of: its files by path, and the distributions that our code in it imports, or needs at all."""

    name: str
    sha256: str
    files: Mapping[str, bytes]
    imported: frozenset[str]
    distributions: frozenset[str]


def get_version() -> str:
    """Return the version of Rekbridge."""
    return metadata.version("rekbridge")


def build_sbom(contents: ZipContents, wheels: Wheels) -> bytes:
    """Return the SBOM of a zip as JSON. It has no time, and its serial number is derived from the rest.

    Raises OperatorError if a licence is not listed.
    """
    version = get_version()
    names = sorted(contents.distributions)
    components = [_describe_distribution(name, contents.files, wheels) for name in names]
    refs = {name: component["bom-ref"] for name, component in zip(names, components, strict=True)}
    dependencies = {"zip": [OURS], OURS: [refs[name] for name in contents.imported]}
    for name, component in zip(names, components, strict=True):
        libraries = [library["bom-ref"] for library in component.get("components", [])]
        dependencies |= {library: [] for library in libraries}
        dependencies[refs[name]] = [refs[one] for one in wheels.list_requirements(name)] + libraries
    ours = {
        "type": "library",
        "bom-ref": OURS,
        "name": OURS,
        "version": version,
        "licenses": _describe_licence(OUR_LICENCE),
        "purl": f"pkg:generic/rekbridge@{version}",
    }
    document: JsonObject = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "rekbridge package", "version": version}]},
            "component": {
                "type": "application",
                "bom-ref": "zip",
                "name": f"{contents.name}.zip",
                "version": version,
                "hashes": _describe_hash(contents.sha256),
                "properties": [{"name": "rekbridge:architecture", "value": wheels.architecture}],
            },
        },
        "components": [ours, *components],
        "dependencies": [{"ref": ref, "dependsOn": sorted(ones)} for ref, ones in sorted(dependencies.items())],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(_to_json(document)).hexdigest())
    return _to_json(document | {"serialNumber": serial.urn})


def _describe_distribution(name: str, files: Mapping[str, bytes], wheels: Wheels) -> JsonObject:
    version = wheels.distributions[name].version
    filename, digest = wheels.archives[name]
    ref = f"pkg:pypi/{name}@{quote(version)}"
    licence = licences.get_licence(name)
    shared = [
        _describe_library(f"{ref}#{file}", licences.get_library(name, PurePosixPath(file).name))
        | {"hashes": _describe_hash(hashlib.sha256(files[file]).hexdigest())}
        | {"evidence": {"occurrences": [{"location": file}]}}
        for file in sorted(wheels.list_files(name))
        if PurePosixPath(file).parts[0].endswith(".libs")
    ]
    linked = [_describe_library(f"{ref}#{one.inside}/{one.name}", one) for one in licence.linked]
    component: JsonObject = {
        "type": "library",
        "bom-ref": ref,
        "name": name,
        "version": version,
        # Of the wheel that was unpacked, as PyPI lists it.
        "hashes": _describe_hash(digest),
        "licenses": _describe_licence(licence.licence),
        "purl": f"{ref}?file_name={quote(filename)}",
    }
    component |= {"pedigree": {"notes": CHANGES[name]}} if name in CHANGES else {}
    return component | ({"components": [*shared, *linked]} if shared or linked else {})


def _describe_library(ref: str, library: NativeLibrary) -> JsonObject:
    at_version = f"@{library.version}" if library.version else ""
    described: JsonObject = {
        "type": "library",
        "bom-ref": ref,
        "name": library.name,
        "licenses": _describe_licence(library.licence),
        "purl": f"pkg:generic/{library.project}{at_version}",
        "externalReferences": [{"type": "vcs", "url": library.source}],
    }
    described |= {"version": library.version} if library.version else {}
    return described | ({"description": f"Linked into {library.inside}."} if library.inside else {})


def _describe_licence(expression: str) -> list[JsonObject]:
    return [{"expression": expression}] if " " in expression else [{"license": {"id": expression}}]


def _describe_hash(sha256: str) -> list[JsonObject]:
    return [{"alg": "SHA-256", "content": sha256}]


def _to_json(document: JsonObject) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
