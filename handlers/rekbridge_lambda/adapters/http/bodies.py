"""Request bodies of the REST API: an image file, or Rekognition's own request JSON."""

import base64
import binascii
import json
import re
from typing import Any

from rekbridge_lambda.domain import media_keys
from rekbridge_lambda.domain.errors import InvalidParameter, InvalidRequest, UnsupportedType
from rekbridge_lambda.domain.operations import Operation
from rekbridge_lambda.domain.requests import AnalysisRequest, S3ImageRef
from rekbridge_lambda.domain.uploads import UploadRequest

JSON_TYPE = "application/json"
BINARY_TYPE = "application/octet-stream"
# AWS: opaque, at most 1,024 bytes, safe in a URL.
VERSION_ID = re.compile(r"[\x21-\x7e]{1,1024}")
# Rekognition's requests have five levels.
MAX_JSON_DEPTH = 32
TOO_DEEP = f"the body is not valid: its JSON is nested too deeply, in more than {MAX_JSON_DEPTH} levels"
MEDIA_TYPE = re.compile(r"(image/[a-z0-9][a-z0-9.+-]{0,99}|application/octet-stream)")


def parse_analysis_request(operation: Operation, content_type: str, body: bytes) -> AnalysisRequest:
    """The images and parameters in a body. Raises InvalidRequest or one of its kinds."""
    if content_type == JSON_TYPE:
        parameters = parse_json_object(body)
        images = tuple(parse_image(parameters.pop(name, None), name) for name in operation.image_parameters)
        return AnalysisRequest(images, parameters)
    if not (content_type.startswith("image/") or content_type == BINARY_TYPE):
        raise UnsupportedType(
            f"Content-Type is {content_type!r}: send image/* or {BINARY_TYPE} for a file, or {JSON_TYPE}"
        )
    if len(operation.image_parameters) > 1:
        parameters_text = " and ".join(operation.image_parameters)
        raise UnsupportedType(f"{operation.action} takes {parameters_text}: send them as {JSON_TYPE}")
    if not body:
        raise InvalidRequest("the body is empty: send the image file")
    return AnalysisRequest((body,), {})


def parse_upload_request(body: bytes) -> UploadRequest:
    """The key and content type of a file to upload. Raises InvalidRequest or InvalidParameter."""
    fields = parse_json_object(body)
    if unknown := sorted(fields.keys() - {"key", "content_type"}):
        raise InvalidParameter(f"an upload takes no {unknown[0]!r}, only key and content_type")
    match fields.get("key"):
        case str(key):
            media_keys.check_upload_key(key)
        case _:
            raise InvalidParameter('an upload needs a key: {"key": "anna/cat.jpg"}')
    match fields.get("content_type"):
        case None:
            return UploadRequest(key)
        case str(content_type) if MEDIA_TYPE.fullmatch(content_type):
            return UploadRequest(key, content_type)
    raise InvalidParameter("content_type has to be image/... in lower case, or application/octet-stream")


def parse_json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises InvalidRequest."""
    try:
        parsed = json.loads(body.decode())
    except RecursionError:
        raise InvalidRequest(TOO_DEEP) from None
    except ValueError as error:
        raise InvalidRequest(f"the body is not JSON in UTF-8: {error}") from None
    if not isinstance(parsed, dict):
        raise InvalidRequest("the body has to be a JSON object")
    check_depth(parsed)
    return parsed


def check_depth(parsed: dict[str, Any]) -> None:
    """Refuse what the code behind, which is recursive, would have to follow too deeply. Raises InvalidRequest."""
    level: list[Any] = [parsed]
    for _ in range(MAX_JSON_DEPTH):
        containers = [value for value in level if isinstance(value, dict | list)]
        level = [item for value in containers for item in (value.values() if isinstance(value, dict) else value)]
        if not level:
            return
    raise InvalidRequest(TOO_DEEP)


def parse_image(value: Any, name: str) -> bytes | S3ImageRef:
    """One image in the form of Rekognition's JSON; its bucket is always the media bucket at home."""
    match value:
        case {"Bytes": str(text)} if len(value) == 1:
            return decode_base64(text, f"{name}.Bytes")
        case {"S3Object": dict(reference)} if len(value) == 1:
            return parse_s3_image(reference, f"{name}.S3Object")
    raise InvalidParameter(f'{name} has to be {{"Bytes": "<base64>"}} or {{"S3Object": {{"Name": "<key>"}}}}')


def parse_s3_image(value: dict[str, Any], name: str) -> S3ImageRef:
    """A key of the media bucket, with an optional version."""
    if "Bucket" in value:
        raise InvalidParameter(f"{name}.Bucket is not accepted: keys are always keys of the media bucket at home")
    match value:
        case {"Name": str(key), "Version": str(version)} if len(value) == 2 and VERSION_ID.fullmatch(version):
            return S3ImageRef(media_keys.check_key(key), version)
        case {"Name": str(key)} if len(value) == 1:
            return S3ImageRef(media_keys.check_key(key))
    raise InvalidParameter(f'{name} has to be {{"Name": "<key>"}}, with an optional "Version"')


def decode_base64(text: str, name: str) -> bytes:
    """The bytes of a base64 text. Raises InvalidParameter."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidParameter(f"{name} is not base64: {error}") from None
    if not content:
        raise InvalidParameter(f"{name} is empty")
    return content
