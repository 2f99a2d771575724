"""Checks of an AWS account before Terraform plans: API Gateway's logging role and the Lambda concurrency."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rekbridge.support.aws_errors import ACCESS_DENIED_CODES, get_error_code
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# AWS gives every account at least this many; modules/rekbridge/quotas.tf accepts no less.
MIN_CONCURRENCY = 10

# The same commands are in docs/operations.md. They find the role by name: it may exist for another region already.
LOGGING_ROLE_COMMANDS = """\
aws iam create-role --role-name api-gateway-logs --assume-role-policy-document \\
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"apigateway.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}'
aws iam attach-role-policy --role-name api-gateway-logs \\
    --policy-arn arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
role=$(aws iam get-role --role-name api-gateway-logs --query Role.Arn --output text)
aws apigateway update-account --region {region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=$role
"""


def check_account(create_client: Callable[[str], Any], notify: Notify) -> dict[str, int]:
    """Check the account and return the Terraform variables that it decides.

    `create_client` creates a boto3 client of a service in the home region. Raises OperatorError if a deployment would
    fail half-way.
    """
    require_logging_role(create_client("apigateway"), notify)
    return read_concurrency(create_client("lambda"), notify)


def require_logging_role(client: Any, notify: Notify) -> None:
    """Raise OperatorError if API Gateway has no role for its logs: without it, AWS creates no stage that logs.

    Without the permission to read this, notify the operator and go on; `terraform apply` would fail then.
    """
    region = client.meta.region_name
    try:
        role = client.get_account().get("cloudwatchRoleArn")
    except ClientError as error:
        if get_error_code(error) not in ACCESS_DENIED_CODES:
            raise
        notify(
            f"Cannot read whether API Gateway in {region} has a logging role: {error}. "
            f"Reading it needs apigateway:GET on arn:{client.meta.partition}:apigateway:{region}::/account."
        )
        return
    if not role:
        commands = LOGGING_ROLE_COMMANDS.format(region=region, partition=client.meta.partition)
        raise OperatorError(
            f"API Gateway has no logging role in {region}. Without one, AWS creates no REST API stage that logs. "
            "Nothing was applied.",
            "Set the role, once for all REST APIs of the account and region, then deploy again. AWS may still refuse a "
            f"role that is a few seconds old.\n\n{commands}",
        )


def read_concurrency(client: "LambdaClient", notify: Notify) -> dict[str, int]:
    """Return the account's unreserved Lambda concurrency as a Terraform variable.

    Without the permission to read it, notify the operator and return nothing; Terraform's default is 1,000.
    """
    try:
        limits = client.get_account_settings()["AccountLimit"]
    except ClientError as error:
        if get_error_code(error) not in ACCESS_DENIED_CODES:
            raise
        notify(
            f"Cannot read the account's Lambda concurrency in {client.meta.region_name}: {error}. "
            "Terraform uses its variable account_concurrency instead. Reading it needs lambda:GetAccountSettings."
        )
        return {}
    return {"account_concurrency": max(MIN_CONCURRENCY, limits["UnreservedConcurrentExecutions"])}
