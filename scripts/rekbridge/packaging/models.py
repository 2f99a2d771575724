"""botocore's data about AWS, as much of it as one Lambda uses: services, their operations, what those consist of."""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from botocore import xform_name

from rekbridge.packaging.reach import Reach
from rekbridge.support.errors import OperatorError

DATA = ("botocore", "data")
# What botocore asks by itself, or builds on: a bucket's region, an upload form's address, where a service is.
ITS_OWN = {"HeadBucket", "CreateBucket", "DescribeEndpoints"}
# Only its documentation reads it.
UNREAD = "examples-1.json"

type Json = dict[str, Any]


def trimmed(files: Mapping[str, Path], reached: Reach) -> dict[str, bytes]:
    """botocore's data files for a Lambda, by place in the zip; plain JSON: the zip is packed anyway."""
    found: dict[str, bytes] = {}
    prefixes = set[str]()
    for service in sorted(reached.services):
        for file in newest(files, service):
            place, content = str(PurePosixPath(*DATA, service, file)).removesuffix(".gz"), _read(files, service, file)
            if PurePosixPath(place).name == "service-2.json":
                prefixes.add(content["metadata"]["endpointPrefix"])
                content = model(content, reached.words)
            found[place] = _plain(content)
    for file in files:
        if len(PurePosixPath(file).parts) == 3:
            found[file] = files[file].read_bytes()
    table = json.loads(found["botocore/data/endpoints.json"])
    return found | {"botocore/data/endpoints.json": _plain(endpoints(table, prefixes))}


def newest(files: Mapping[str, Path], service: str) -> list[str]:
    """The files of the one version of a service's API that botocore uses, by their place below the service.

    Raises OperatorError for what is no service.
    """
    places = [PurePosixPath(file) for file in files]
    of = [place for place in places if place.parts[2:3] == (service,) and place.name != UNREAD]
    versions = {place.parts[3] for place in of if place.name.startswith("service-2.json")}
    if not versions:
        raise OperatorError(f"botocore knows no service {service!r}.", "Look at the client that is made of it.")
    return ["/".join(place.parts[3:]) for place in of if place.parts[3] == max(versions)]


def model(whole: Json, words: set[str]) -> Json:
    """A service's model with the operations that a Lambda's source names, by Python's name for it or AWS's.

    What they consist of comes along, and every error that the source names. Texts go, but for those botocore reads.
    """
    operations = {
        name: told
        for name, told in whole["operations"].items()
        if name in words or xform_name(name) in words or name in ITS_OWN
    }
    shapes: Json = whole["shapes"]
    reached, waiting = set[str](), {name for name, told in shapes.items() if told.get("exception") and name in words}
    waiting |= set(_shapes(operations))
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= set(_shapes(shapes[name])) - reached
    rest = {name: told for name, told in whole.items() if name not in {"operations", "shapes", "documentation"}}
    return rest | {
        "operations": _silent(operations),
        "shapes": _silent({name: told for name, told in shapes.items() if name in reached}),
    }


def endpoints(whole: Json, prefixes: set[str]) -> Json:
    """The table of endpoints with these services alone, in every partition and region."""
    return whole | {
        "partitions": [
            partition | {"services": {name: told for name, told in partition["services"].items() if name in prefixes}}
            for partition in whole["partitions"]
        ]
    }


def _shapes(told: Any) -> Iterator[str]:
    """The names of shapes that something refers to."""
    match told:
        case dict():
            for name, value in told.items():
                if name == "shape" and isinstance(value, str):
                    yield value
                else:
                    yield from _shapes(value)
        case list():
            for value in told:
                yield from _shapes(value)


def _silent(told: Any) -> Any:
    """Without documentation, which is a text: a member may have that name too."""
    match told:
        case dict():
            return {
                name: _silent(value)
                for name, value in told.items()
                if not (name == "documentation" and isinstance(value, str))
            }
        case list():
            return [_silent(value) for value in told]
    return told


def _read(files: Mapping[str, Path], service: str, file: str) -> Json:
    path = files[str(PurePosixPath(*DATA, service, file))]
    body = path.read_bytes()
    content: Json = json.loads(gzip.decompress(body) if path.suffix == ".gz" else body)
    return content


def _plain(content: Json) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
