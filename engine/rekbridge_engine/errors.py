"""How a call can fail."""

from collections.abc import Mapping
from typing import Any

# These codes are not in Rekognition's service model: every AWS JSON service sends them with a 5xx status.
SERVER_ERROR_STATUS = {"InternalServerError": 500, "InternalFailure": 500, "ServiceUnavailable": 503}


class ServiceError(Exception):
    """An error response as AWS sends it. It is pickled, because workers raise it in another process.

    `members` are what the body has besides code and message, such as ResourceType.
    """

    def __init__(self, code: str, message: str = "", members: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.members = dict(members or {})

    @property
    def status(self) -> int:
        """The HTTP status AWS sends with this code."""
        return SERVER_ERROR_STATUS.get(self.code, 400)

    @property
    def body(self) -> dict[str, Any]:
        """The body AWS sends: `message` from request validation, `Message` from the service, none for a denial."""
        if self.code in {"ValidationException", "SerializationException"}:
            return {"__type": self.code, "message": self.message, **self.members}
        if not self.message:
            return {"__type": self.code, **self.members}
        return {"__type": self.code, "Code": self.code, "Message": self.message, **self.members}


class ConnectionDropped(Exception):
    """The connection must be closed without a response: the region has no endpoint, or an outage is scripted."""


class CallerDisconnected(Exception):
    """The caller closed the connection before a worker was free, so nobody would read the response."""


def make_invalid_parameters_error() -> ServiceError:
    """InvalidParameterException without the parameter's name: AWS does not say which one was wrong."""
    return ServiceError("InvalidParameterException", "Request has invalid parameters")


def make_invalid_format_error() -> ServiceError:
    """InvalidImageFormatException: not a JPEG or PNG, or the file is truncated or corrupt."""
    return ServiceError("InvalidImageFormatException", "Request has invalid image format")


def make_image_too_large_error(message: str) -> ServiceError:
    """ImageTooLargeException: more bytes or pixels than the operation accepts."""
    return ServiceError("ImageTooLargeException", message)


def make_model_not_found_error() -> ServiceError:
    """ResourceNotFoundException: a model version that does not exist in this region."""
    return ServiceError("ResourceNotFoundException", "The resource specified in the request cannot be found")


def make_invalid_s3_object_error() -> ServiceError:
    """InvalidS3ObjectException: AWS sends it for a missing object, missing permission and another region's bucket."""
    return ServiceError(
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
    )
