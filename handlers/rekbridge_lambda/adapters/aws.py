"""AWS clients, and what AWS's errors mean for a message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from ssl import SSLError
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError
from botocore.session import Session

from rekbridge_lambda.domain.errors import Unavailable

# Long waits are left to SQS: a call either returns soon or is repeated with its message.
DEFAULT = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
# The rate limiter decides about every call to Rekognition: a hidden retry would use quota that it does not know of.
NO_RETRY = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
# A caller waits, and a whole request has less than half a minute: services at home have to answer soon, or are retried.
SYNC = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
SYNC_NO_RETRY = Config(connect_timeout=2, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})

# AWS: common errors; S3, SQS, DynamoDB and EventBridge error lists.
TRANSIENT_CODES = {
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
}


class AwsClients:
    """Clients of one session, created once at start-up.

    botocore's session: boto3 creates the same clients, and its import adds an eighth to a cold start.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def create(self, service: str, region: str | None = None, config: Config = DEFAULT) -> Any:
        """A client for one service, in the Lambda's own region unless another one is given."""
        return self.session.create_client(service, region_name=region, config=config)

    def per_region(self, service: str, config: Config = DEFAULT) -> Callable[[str], Any]:
        """A function that returns the client of a region, created when it is first needed."""
        return cache(lambda region: self.create(service, region, config))


def get_error_code(error: ClientError) -> str:
    """AWS's error code; for a response without a body its HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def describe_aws_error(error: ClientError | BotoCoreError) -> str:
    """The operation and AWS's code, or the host that did not answer. Never AWS's own text: it may contain an S3 key."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {get_error_code(error) or 'no error code'}"
    host = urlsplit(str(error.kwargs.get("endpoint_url", ""))).hostname
    return f"{find_tls_reason(error) or type(error).__name__} from {host or 'AWS'}"


def find_tls_reason(error: BaseException | None) -> str | None:
    """OpenSSL's code for why TLS failed, such as CERTIFICATE_VERIFY_FAILED, of the error or of what caused it."""
    while error is not None:
        if isinstance(error, SSLError) and error.reason:
            return str(error.reason)
        error = error.__cause__ or error.__context__
    return None


@contextmanager
def map_aws_errors() -> Iterator[None]:
    """Raise Unavailable for a service that is busy or unreachable; every other error stays what it is, a bug."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if get_error_code(error) in TRANSIENT_CODES or status >= 500:
            raise Unavailable(describe_aws_error(error)) from error
        raise
    except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
        raise Unavailable(describe_aws_error(error)) from error
