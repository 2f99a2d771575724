"""Rekognition, one client per region this deployment may call."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, ParamValidationError, ReadTimeoutError

from rekbridge_lambda.adapters import metrics
from rekbridge_lambda.adapters.aws import BUSY, code_of
from rekbridge_lambda.domain.errors import (
    NoAnswer,
    NotReady,
    RefusedByService,
    RegionRefused,
    StagedCopyMissing,
    Throttled,
    Unavailable,
)
from rekbridge_lambda.domain.operations import Planned

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

# AWS: error list of every Rekognition image operation, by what it means for the work.
THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "LimitExceededException"}
NEVER = {
    "ImageTooLargeException",
    "InvalidImageFormatException",
    "InvalidParameterException",
    "ValidationException",
    "ResourceNotFoundException",
}
REFUSED = {
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "OptInRequired",
    "SubscriptionRequiredException",
}
NOT_READY = {"ResourceNotReadyException", "ResourceInUseException", "HumanLoopQuotaExceededException"}
# AWS: starting a model takes minutes.
NOT_READY_WAIT_S = 60
# The pace and the breaker know better how long; the message has to come back for them to send it elsewhere.
THROTTLED_WAIT_S = 1
FAILED_WAIT_S = 2


class Rekognition:
    """Calls and translates: an answer, or an error that says what becomes of the message."""

    def __init__(self, clients: Callable[[str], "RekognitionClient"], staging_bucket: str) -> None:
        self.clients, self.staging_bucket = clients, staging_bucket

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        """Rekognition's raw answer. Raises RefusedByService, or an Unavailable that says why it has to wait."""
        named = image
        if "S3Object" in image:
            named = {"S3Object": {"Bucket": self.staging_bucket, **image["S3Object"]}}
        call = getattr(self.clients(region), planned.operation.method)
        outcome = "Errors"
        try:
            answer: dict[str, Any] = call(**planned.operation.request(named, planned.parameters))
            outcome = "Calls"
        except ClientError as error:
            fate = meaning(error)
            outcome = "Throttles" if isinstance(fate, Throttled) else outcome
            raise fate from error
        except ParamValidationError as error:
            raise RefusedByService(str(error)) from error
        except ReadTimeoutError as error:
            raise NoAnswer(f"{region} took the call and did not answer in time") from error
        except (ConnectionError, HTTPClientError) as error:
            raise Unavailable(f"{region} does not answer: {error}", FAILED_WAIT_S) from error
        finally:
            metrics.count(outcome, 1, Region=region, Operation=planned.operation.name)
        answer.pop("ResponseMetadata", None)
        return answer


def meaning(error: ClientError) -> Exception:
    """What an error answer means for the work; one that nobody has classified stays a bug on purpose."""
    code, told = code_of(error), str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLED:
        return Throttled(told, THROTTLED_WAIT_S)
    if code in NEVER:
        return RefusedByService(told)
    if code in REFUSED:
        return RegionRefused(told, FAILED_WAIT_S)
    if code == "InvalidS3ObjectException":
        return StagedCopyMissing(told)
    if code in NOT_READY:
        return NotReady(told, NOT_READY_WAIT_S)
    if code in BUSY or status >= 500:
        return Unavailable(told, FAILED_WAIT_S)
    return error
