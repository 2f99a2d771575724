"""What a caller of the API asks: an image file as it is, or Rekognition's own request JSON."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain import media_keys
from rekbridge_lambda.domain.errors import InvalidParameter, InvalidRequest, UnsupportedType
from rekbridge_lambda.domain.operations import Operation

JSON = "application/json"
RAW = "application/octet-stream"
# AWS: opaque, no more than 1,024 bytes, ready for a URL.
VERSION = re.compile(r"[\x21-\x7e]{1,1024}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request: who asks, by which parts of the path, with what, and until when (milliseconds)."""

    id: str
    caller: str
    deadline: int
    path: Mapping[str, str]
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An image in the media bucket: one version, or what is there now."""

    key: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The images of one call, and the parameters that were named."""

    images: tuple[bytes | Stored, ...]
    parameters: dict[str, Any]


def question(operation: Operation, content_type: str, body: bytes) -> Question:
    """What a body asks of an operation. Raises InvalidRequest or one of its kinds."""
    if content_type == JSON:
        asked = json_object(body)
        images = tuple(image(asked.pop(name, None), name) for name in operation.images)
        return Question(images, asked)
    if not (content_type.startswith("image/") or content_type == RAW):
        raise UnsupportedType(f"Content-Type is {content_type!r}: send image/* or {RAW} for a file, or {JSON}")
    if len(operation.images) > 1:
        raise UnsupportedType(f"{operation.action} takes {' and '.join(operation.images)}: send them as {JSON}")
    if not body:
        raise InvalidRequest("the body is empty: send the image file")
    return Question((body,), {})


def json_object(body: bytes) -> dict[str, Any]:
    """The object that a JSON body has. Raises InvalidRequest."""
    try:
        found = json.loads(body.decode())
    except RecursionError:
        raise InvalidRequest("the body is no JSON of ours: it is nested too deeply") from None
    except ValueError as error:
        raise InvalidRequest(f"the body is no JSON in UTF-8: {error}") from None
    if not isinstance(found, dict):
        raise InvalidRequest("the body has to be a JSON object")
    return found


def image(told: Any, name: str) -> bytes | Stored:
    """One image as Rekognition's JSON names it; its bucket is always the media bucket at home."""
    match told:
        case {"Bytes": str(text)} if len(told) == 1:
            return decoded(text, f"{name}.Bytes")
        case {"S3Object": dict(object)} if len(told) == 1:
            return stored(object, f"{name}.S3Object")
    raise InvalidParameter(f'{name} has to be {{"Bytes": "<base64>"}} or {{"S3Object": {{"Name": "<key>"}}}}')


def stored(told: Mapping[str, Any], name: str) -> Stored:
    """A key of the media bucket, with a version where one is named."""
    if "Bucket" in told:
        raise InvalidParameter(f"{name}.Bucket is not taken: a key is one of the media bucket at home")
    match told:
        case {"Name": str(key), "Version": str(version)} if len(told) == 2 and VERSION.fullmatch(version):
            return Stored(media_keys.checked(key), version)
        case {"Name": str(key)} if len(told) == 1:
            return Stored(media_keys.checked(key))
    raise InvalidParameter(f'{name} has to be {{"Name": "<key>"}}, with a "Version" if you like')


def decoded(text: str, name: str) -> bytes:
    """The bytes of a base64 text."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidParameter(f"{name} is not base64: {error}") from None
    if not found:
        raise InvalidParameter(f"{name} is empty")
    return found
