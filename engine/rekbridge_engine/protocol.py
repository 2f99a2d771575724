"""Rekognition's AWS JSON 1.1 protocol, driven by the service model in botocore."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel

from rekbridge_engine.errors import ServiceError

CONTENT_TYPE = "application/x-amz-json-1.1"


@cache
def load_service_model() -> Any:
    """Botocore's model of Rekognition."""
    return ServiceModel(Loader().load_service_model("rekognition", "service-2"))


def get_action(headers: Mapping[str, str]) -> str:
    """The action that a request names. It is not checked whether the action exists."""
    return headers.get("x-amz-target", "").removeprefix(load_service_model().metadata["targetPrefix"] + ".")


def get_operation_model(action: str) -> Any:
    """Botocore's model of an action. Raises UnknownOperationException."""
    try:
        return load_service_model().operation_model(action)
    except OperationNotFoundError as error:
        raise ServiceError("UnknownOperationException") from error


def find_error_shape(code: str) -> Any:
    """Botocore's shape of an error, or None if the model does not have it."""
    return load_service_model().shape_for_error_code(code)


def parse_body(body: bytes) -> dict[str, Any]:
    """The request in an HTTP body. Raises SerializationException."""
    try:
        request = json.loads(body or b"{}")
    # Nothing but brackets is deeper than Python reads.
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", "The request is not JSON") from error
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "Start of structure or map expected")
    return request


def shape_response(value: Any, shape: Any) -> Any:
    """A response with the number types of the service model and without members that are None.

    Raises KeyError for a member that Rekognition does not have: this is a bug in the engine and is never sent.
    """
    match shape.type_name:
        case "structure":
            return {name: shape_response(item, shape.members[name]) for name, item in value.items() if item is not None}
        case "list":
            return [shape_response(item, shape.member) for item in value]
        case "float" | "double":
            return float(value)
        case "integer" | "long":
            return int(value)
        case _:
            return value
