"""AWS clients, made once at start-up, and what their errors mean for a message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, IncompleteReadError
from botocore.session import Session

from rekbridge_lambda.domain.errors import Unavailable

# boto3 makes the same clients, and loads what copies large files first: an eighth of a start more.
SESSION = Session()

# SQS does the long waits; a call either comes back soon or is tried again with its message.
PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
# The pace decides about every call to Rekognition: a retry that it knows nothing of would spend the quota twice.
ONCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
# Somebody waits for the answer, and a whole request has less than half a minute: home has to answer soon, or again.
HASTE = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
ONCE_IN_HASTE = Config(connect_timeout=2, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})

# AWS: common errors; S3, SQS, DynamoDB and EventBridge error lists.
BUSY = {
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


def client(service: str, region: str | None = None, config: Config = PATIENCE) -> Any:
    """A client for one service, in the Lambda's own region unless another is given."""
    return SESSION.create_client(service, region_name=region, config=config)


def regional(service: str, config: Config = PATIENCE) -> Callable[[str], Any]:
    """A client for one service in whichever region is asked for: made once, when it is first needed."""
    return cache(lambda region: client(service, region, config))


def code_of(error: ClientError) -> str:
    """AWS's error code; for an answer without a body its HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translated() -> Iterator[None]:
    """A service that is busy or out of reach is Unavailable; every other error stays what it is, a bug."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code_of(error) in BUSY or status >= 500:
            raise Unavailable(str(error)) from error
        raise
    except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
        raise Unavailable(str(error)) from error
