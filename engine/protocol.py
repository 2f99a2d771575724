"""Rekognition's AWS JSON 1.1 protocol, driven by the service model that botocore ships."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel

from engine.errors import ServiceError

CONTENT_TYPE = "application/x-amz-json-1.1"


@cache
def service() -> Any:
    """Botocore's model of Rekognition."""
    return ServiceModel(Loader().load_service_model("rekognition", "service-2"))


def action(headers: Mapping[str, str]) -> str:
    """The action a request names, without a look at whether it exists."""
    return headers.get("x-amz-target", "").removeprefix(service().metadata["targetPrefix"] + ".")


def operation(name: str) -> Any:
    """The model of an action. Raises UnknownOperationException."""
    try:
        return service().operation_model(name)
    except OperationNotFoundError as why:
        raise ServiceError("UnknownOperationException") from why


def parsed(body: bytes) -> dict[str, Any]:
    """The request of a body. Raises SerializationException."""
    try:
        request = json.loads(body or b"{}")
    except ValueError as why:
        raise ServiceError("SerializationException", "The request is not JSON") from why
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "Start of structure or map expected")
    return request


def shaped(value: Any, shape: Any) -> Any:
    """An answer as the model has it, without members that are None.

    Raises KeyError for a member Rekognition does not have: a bug of ours, never sent.
    """
    match shape.type_name:
        case "structure":
            return {name: shaped(item, shape.members[name]) for name, item in value.items() if item is not None}
        case "list":
            return [shaped(item, shape.member) for item in value]
        case "float" | "double":
            return float(value)
        case "integer" | "long":
            return int(value)
        case _:
            return value
