"""What is said of an error of AWS: operation, code and host. Never AWS's own text, which may contain a key of S3."""

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from rekbridge_lambda.adapters.aws import TRANSIENT_CODES, map_aws_errors
from rekbridge_lambda.adapters.logs import describe_bug
from rekbridge_lambda.domain.errors import Unavailable

KEY = "anna-secret-name/passport.jpg"
URL = f"https://media.s3.eu-west-3.amazonaws.com/{KEY}?versionId=1"


def make_client_error(code: str, status: int = 400) -> ClientError:
    message = f'User is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::media/{KEY}"'
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetObject")


def find_network_errors() -> list[Exception]:
    """Every error of botocore about a connection, about a request for the key."""
    kinds = [kind for kind in vars(exceptions).values() if isinstance(kind, type)]
    network = (exceptions.ConnectionError, exceptions.HTTPClientError)
    arguments: dict[str, Any] = {
        "endpoint_url": URL,
        "error": f"for {URL}",
        "proxy_url": URL,
        "actual_bytes": 1,
        "expected_bytes": 2,
    }
    return [kind(**arguments) for kind in kinds if issubclass(kind, network)]


NETWORK_ERRORS = [*find_network_errors(), exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2)]
UNAVAILABLE = [*map(make_client_error, sorted(TRANSIENT_CODES)), make_client_error("", 503), *NETWORK_ERRORS]


@pytest.mark.parametrize("error", UNAVAILABLE, ids=lambda error: getattr(error, "operation_name", type(error).__name__))
def test_a_service_that_is_unavailable_is_named_without_the_key(error: Exception) -> None:
    with pytest.raises(Unavailable) as raised, map_aws_errors():
        raise error
    assert "anna" not in str(raised.value)
    assert "passport" not in str(raised.value)
    assert str(raised.value)


def test_the_operation_and_the_code_are_named() -> None:
    with pytest.raises(Unavailable, match=r"^GetObject: SlowDown$"), map_aws_errors():
        raise make_client_error("SlowDown", 503)


def test_the_host_that_did_not_answer_is_named() -> None:
    with pytest.raises(Unavailable, match=r"EndpointConnectionError from media\.s3\.eu-west-3"), map_aws_errors():
        raise exceptions.EndpointConnectionError(endpoint_url=URL)


def test_a_bug_is_described_by_types_and_lines_of_all_its_causes() -> None:
    def read() -> None:
        raise make_client_error("AccessDenied", 403)

    try:
        try:
            read()
        except ClientError as error:
            raise KeyError(KEY) from error
    except KeyError as bug:
        text = describe_bug(bug)
    assert "anna" not in text
    assert text.startswith("KeyError at ")
    assert "; caused by ClientError (GetObject: AccessDenied) at " in text
    assert "test_aws_errors.py:" in text
    assert " read < " in text


def test_a_cause_that_is_hidden_on_purpose_is_not_described() -> None:
    bug = KeyError()
    bug.__context__, bug.__suppress_context__ = ValueError(), True
    assert describe_bug(bug) == "KeyError at an unknown line"
