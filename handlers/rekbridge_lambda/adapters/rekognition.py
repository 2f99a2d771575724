"""Rekognition, one client per region this deployment may call."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, ParamValidationError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from rekbridge_lambda.adapters.aws import TRANSIENT_CODES, describe_aws_error, get_error_code
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.domain.errors import (
    NoAnswer,
    NotReady,
    RefusedByService,
    RegionRefused,
    StagedCopyMissing,
    Throttled,
    Unavailable,
)
from rekbridge_lambda.domain.operations import DeployedOperation

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

# AWS: error lists of all Rekognition image operations, by what each means for the work.
THROTTLE_CODES = {"ProvisionedThroughputExceededException", "ThrottlingException", "LimitExceededException"}
PERMANENT_CODES = {
    "ImageTooLargeException",
    "InvalidImageFormatException",
    "InvalidParameterException",
    "ValidationException",
    "ResourceNotFoundException",
}
REFUSED_CODES = {
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "OptInRequired",
    "SubscriptionRequiredException",
}
NOT_READY_CODES = {"ResourceNotReadyException", "ResourceInUseException", "HumanLoopQuotaExceededException"}
# AWS: starting a model takes minutes.
NOT_READY_WAIT_S = 60
# Rate limiter and circuit breaker decide how long to wait: the message only has to come back soon for another region.
THROTTLED_WAIT_S = 1
FAILED_WAIT_S = 2


class Rekognition:
    """Calls Rekognition and classifies its errors by what becomes of the message."""

    def __init__(
        self, clients: Callable[[str], "RekognitionClient"], staging_bucket: str, metrics: EmbeddedMetrics
    ) -> None:
        self.clients, self.staging_bucket, self.metrics = clients, staging_bucket, metrics

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        """Rekognition's response. Raises RefusedByService, or an Unavailable with the reason to wait."""
        image_argument = image
        if "S3Object" in image:
            image_argument = {"S3Object": {"Bucket": self.staging_bucket, **image["S3Object"]}}
        call = getattr(self.clients(region), operation.definition.method_name)
        metric = "Errors"
        try:
            response: dict[str, Any] = call(**operation.definition.build_request(image_argument, operation.parameters))
            response.pop("ResponseMetadata", None)
            # A response that is cut off within its headers, or before its body, is an empty success for botocore.
            if not response:
                raise NoAnswer(f"the connection to {region} broke within its answer")
            metric = "Calls"
        except ClientError as error:
            outcome_error = classify_error(error)
            metric = "Throttles" if isinstance(outcome_error, Throttled) else metric
            raise outcome_error from error
        except ParamValidationError as error:
            raise RefusedByService(str(error)) from error
        except ReadTimeoutError as error:
            raise NoAnswer(f"{region} received the call and did not answer in time") from error
        except ResponseParserError as error:
            raise NoAnswer(f"the connection to {region} broke within its answer") from error
        except (ConnectionError, HTTPClientError) as error:
            raise Unavailable(f"{region} does not answer: {describe_aws_error(error)}", FAILED_WAIT_S) from error
        finally:
            self.metrics.emit_counts({metric: 1}, Region=region, Operation=operation.name)
        return response


def classify_error(error: ClientError) -> Exception:
    """What an error response means for the work. An unknown code stays a bug on purpose, with its alarm."""
    code, message = get_error_code(error), str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLE_CODES:
        return Throttled(message, THROTTLED_WAIT_S)
    if code in PERMANENT_CODES:
        return RefusedByService(message)
    if code in REFUSED_CODES:
        return RegionRefused(message, FAILED_WAIT_S)
    if code == "InvalidS3ObjectException":
        return StagedCopyMissing(message)
    if code in NOT_READY_CODES:
        return NotReady(message, NOT_READY_WAIT_S)
    if code in TRANSIENT_CODES or status >= 500:
        return Unavailable(message, FAILED_WAIT_S)
    return error
