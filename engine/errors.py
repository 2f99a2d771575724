"""What a call can end in besides an answer."""

from typing import Any

# Not drawn from the service model: the codes every AWS JSON service answers with a 5xx.
SERVER_FAULTS = {"InternalServerError": 500, "InternalFailure": 500, "ServiceUnavailable": 503}


class ServiceError(Exception):
    """An error as AWS would answer it. Crosses the border between processes."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status AWS sends with this code."""
        return SERVER_FAULTS.get(self.code, 400)

    @property
    def body(self) -> dict[str, Any]:
        """The body AWS sends: request validation writes `message`, the service `Message`, a denial nothing."""
        if self.code in {"ValidationException", "SerializationException"}:
            return {"__type": self.code, "message": self.message}
        if not self.message:
            return {"__type": self.code}
        return {"__type": self.code, "Code": self.code, "Message": self.message}


class Dropped(Exception):
    """The connection ends without an answer: a region without an endpoint, or one that is out."""


class Abandoned(Exception):
    """The caller hung up before a worker was free: nobody would read the answer."""


def invalid_parameters() -> ServiceError:
    """AWS names no parameter: a picture that is too small and a source without a face read the same."""
    return ServiceError("InvalidParameterException", "Request has invalid parameters")


def invalid_format() -> ServiceError:
    """Not a JPEG or PNG, or one that cannot be read to its end."""
    return ServiceError("InvalidImageFormatException", "Request has invalid image format")


def image_too_large(why: str) -> ServiceError:
    """More bytes or pixels than the operation takes."""
    return ServiceError("ImageTooLargeException", why)


def resource_not_found() -> ServiceError:
    """A model version that is not in this region, for whatever reason."""
    return ServiceError("ResourceNotFoundException", "The resource specified in the request cannot be found")


def invalid_s3_object() -> ServiceError:
    """AWS says the same of a missing object, a missing permission and a bucket of another region."""
    return ServiceError(
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
    )
