"""An AWS account for the preflight: every request gets a response as AWS sends it, through botocore's own parsers."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from rekbridge.deploy.preflight import DeployedState, DeploymentSettings

ACCOUNT = "123456789012"
SETTINGS = DeploymentSettings(
    prefix="rekbridge",
    home="eu-west-3",
    remote="eu-west-1",
    regions=("eu-west-3", "eu-west-1", "eu-central-1"),
    partition="aws",
    operations=("text",),
    concurrency=60,
    architecture="arm64",
    architectures=("arm64", "x86_64"),
)
NOTHING_DEPLOYED = DeployedState(is_deployed=False)
DEPLOYED = DeployedState(is_deployed=True)
USER = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/ci/run"


@dataclass(frozen=True)
class Reply:
    """One response of AWS."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def reply_json(status: int, body: Mapping[str, Any], error: str | None = None) -> Reply:
    """A response in JSON; REST services name an error in a header."""
    return Reply(status, json.dumps(body), {"x-amzn-ErrorType": error} if error else {})


def reply_xml_error(status: int, code: str, message: str) -> Reply:
    """An error of a service with the query protocol: STS, IAM, SNS."""
    return Reply(
        status,
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>a</RequestId></ErrorResponse>",
    )


def reply_identity(account: str = ACCOUNT) -> Reply:
    return Reply(
        200,
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:sts::{account}:assumed-role/ci/run</Arn><UserId>a</UserId><Account>{account}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>",
    )


def reply_lambda_settings(total: int = 1000, unreserved: int = 1000, code: int = 0) -> Reply:
    limits = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved, "TotalCodeSize": 80530636800}
    return reply_json(200, {"AccountLimit": limits, "AccountUsage": {"TotalCodeSize": code, "FunctionCount": 1}})


def reply_role_count(roles: int) -> Reply:
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>"
        for key, value in {"Roles": roles, "RolesQuota": 1000}.items()
    )
    return Reply(
        200,
        '<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult>'
        f"<SummaryMap>{entries}</SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>",
    )


LOGGING_ROLE = reply_json(200, {"cloudwatchRoleArn": f"arn:aws:iam::{ACCOUNT}:role/api-gateway-logs"})
NO_LOGGING_ROLE = reply_json(200, {"throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0}})
NO_TABLE = reply_json(
    400,
    {
        "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        "message": "Requested resource not found: Table: rekbridge-library not found",
    },
)
NO_QUEUE = Reply(
    400,
    '{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist."}',
    {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"},
)
NO_FUNCTION = reply_json(404, {"Type": "User", "Message": "Function not found: …"}, "ResourceNotFoundException")
NO_BUS = reply_json(400, {"__type": "ResourceNotFoundException", "message": "Event bus rekbridge does not exist."})
NO_RULE = reply_json(
    400, {"__type": "ResourceNotFoundException", "message": "Rule rekbridge-sweep does not exist on EventBus default."}
)
NO_SECRET = reply_json(
    400,
    {"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."},
)
NOT_IN_THIS_REGION = reply_xml_error(
    403, "InvalidClientTokenId", "The security token included in the request is invalid"
)

# An account that is ready for a first deployment.
READY = {
    "sts.GetCallerIdentity": reply_identity(),
    "api-gateway.GetAccount": LOGGING_ROLE,
    "lambda.GetAccountSettings": reply_lambda_settings(),
    "lambda.GetFunction": NO_FUNCTION,
    "iam.GetAccountSummary": reply_role_count(20),
    "iam.GetRole": reply_xml_error(404, "NoSuchEntity", "The role with name rekbridge-api cannot be found."),
    "secrets-manager.DescribeSecret": NO_SECRET,
    "s3.HeadBucket": Reply(404),
    "dynamodb.DescribeTable": NO_TABLE,
    "sqs.GetQueueUrl": NO_QUEUE,
    "cloudwatch-logs.DescribeLogGroups": reply_json(200, {"logGroups": []}),
    "eventbridge.DescribeEventBus": NO_BUS,
    "eventbridge.DescribeRule": NO_RULE,
    "sns.GetTopicAttributes": reply_xml_error(404, "NotFound", "Topic does not exist"),
    "kms.ListAliases": reply_json(200, {"Aliases": [], "Truncated": False}),
}


# No response: the region cannot be reached.
UNREACHABLE = Reply(0)


class RawBody(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class AwsAccount:
    """Answers requests; `replies` differ from READY, by service and operation, or for one region: sts.X@eu-west-1."""

    def __init__(self, replies: Mapping[str, Reply] | None = None) -> None:
        self.replies = {**READY, **(replies or {})}
        self.requested: list[str] = []

    def create_client(self, service: str, region: str) -> Any:
        """A client of a service in a region."""
        client: Any = boto3.client(
            service,
            region,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )

        def respond(request: Any, event_name: str, **_: object) -> AWSResponse:
            operation = event_name.removeprefix("before-send.")
            self.requested.append(f"{operation}@{region}")
            reply = self.replies.get(f"{operation}@{region}", self.replies[operation])
            if reply is UNREACHABLE:
                raise EndpointConnectionError(endpoint_url=request.url)
            headers: Any = HeadersDict(reply.headers)
            return AWSResponse(request.url, reply.status, headers, RawBody(reply.body.encode()))

        client.meta.events.register("before-send", respond)
        return client


def fail_on_notice(notice: str) -> None:
    raise AssertionError(notice)
