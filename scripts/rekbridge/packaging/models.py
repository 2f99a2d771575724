"""Trims botocore's data to what one Lambda uses: its services, their operations, and the shapes of those."""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from botocore import xform_name

from rekbridge.packaging.dependency_closure import DependencyClosure
from rekbridge.support.errors import OperatorError
from rekbridge.support.json_types import JsonObject

DATA = ("botocore", "data")
# Operations that botocore itself needs: for a bucket's region, for presigned posts, for endpoint discovery.
ALWAYS_KEPT_OPERATIONS = {"HeadBucket", "CreateBucket", "DescribeEndpoints"}
# Only botocore's documentation reads it.
UNUSED_FILE = "examples-1.json"


def trim_data(files: Mapping[str, Path], closure: DependencyClosure) -> dict[str, bytes]:
    """Return botocore's data files for a Lambda by path in the zip, uncompressed, because the zip compresses them."""
    contents: dict[str, bytes] = {}
    prefixes = set[str]()
    for service in sorted(closure.services):
        for file in list_newest_files(files, service):
            path, content = str(PurePosixPath(*DATA, service, file)).removesuffix(".gz"), _read(files, service, file)
            if PurePosixPath(path).name == "service-2.json":
                prefixes.add(content["metadata"]["endpointPrefix"])
                content = trim_model(content, closure.identifiers)
            contents[path] = _to_json_bytes(content)
    for file in files:
        if len(PurePosixPath(file).parts) == 3:
            contents[file] = files[file].read_bytes()
    table = json.loads(contents["botocore/data/endpoints.json"])
    return contents | {"botocore/data/endpoints.json": _to_json_bytes(trim_endpoints(table, prefixes))}


def list_newest_files(files: Mapping[str, Path], service: str) -> list[str]:
    """Return the files of the API version that botocore uses, the newest, as paths below the service's folder.

    Raises OperatorError if botocore has no such service.
    """
    paths = [PurePosixPath(file) for file in files]
    of_service = [path for path in paths if path.parts[2:3] == (service,) and path.name != UNUSED_FILE]
    versions = {path.parts[3] for path in of_service if path.name.startswith("service-2.json")}
    if not versions:
        raise OperatorError(f"botocore has no service {service!r}.", "Correct the name where the client is created.")
    return ["/".join(path.parts[3:]) for path in of_service if path.parts[3] == max(versions)]


def trim_model(model: JsonObject, identifiers: set[str]) -> JsonObject:
    """Return a service's model with only the operations that a Lambda's source names, as get_object or GetObject.

    Their shapes and the errors that the source names are kept. Documentation is removed.
    """
    operations = {
        name: operation
        for name, operation in model["operations"].items()
        if name in identifiers or xform_name(name) in identifiers or name in ALWAYS_KEPT_OPERATIONS
    }
    shapes: JsonObject = model["shapes"]
    kept = set[str]()
    pending = {name for name, shape in shapes.items() if shape.get("exception") and name in identifiers}
    pending |= set(_find_shape_names(operations))
    while pending:
        name = pending.pop()
        kept.add(name)
        pending |= set(_find_shape_names(shapes[name])) - kept
    rest = {name: value for name, value in model.items() if name not in {"operations", "shapes", "documentation"}}
    return rest | {
        "operations": _strip_documentation(operations),
        "shapes": _strip_documentation({name: shape for name, shape in shapes.items() if name in kept}),
    }


def trim_endpoints(table: JsonObject, prefixes: set[str]) -> JsonObject:
    """Return the table of endpoints with only these services, in every partition and region."""
    return table | {
        "partitions": [
            partition
            | {"services": {name: service for name, service in partition["services"].items() if name in prefixes}}
            for partition in table["partitions"]
        ]
    }


def _find_shape_names(content: Any) -> Iterator[str]:
    """Yield the names of the shapes that a part of a model refers to."""
    match content:
        case dict():
            for name, value in content.items():
                if name == "shape" and isinstance(value, str):
                    yield value
                else:
                    yield from _find_shape_names(value)
        case list():
            for value in content:
                yield from _find_shape_names(value)


def _strip_documentation(content: Any) -> Any:
    """Return a part of a model without its documentation. That is always a string: a member may be called so, too."""
    match content:
        case dict():
            return {
                name: _strip_documentation(value)
                for name, value in content.items()
                if not (name == "documentation" and isinstance(value, str))
            }
        case list():
            return [_strip_documentation(value) for value in content]
    return content


def _read(files: Mapping[str, Path], service: str, file: str) -> JsonObject:
    path = files[str(PurePosixPath(*DATA, service, file))]
    body = path.read_bytes()
    content: JsonObject = json.loads(gzip.decompress(body) if path.suffix == ".gz" else body)
    return content


def _to_json_bytes(content: JsonObject) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
