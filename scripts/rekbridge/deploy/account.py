"""What an AWS account has to allow before anything is planned: logs of API Gateway, and so many Lambdas at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rekbridge.deploy.deployment import Say
from rekbridge.support.aws_errors import DENIED, code
from rekbridge.support.errors import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# terraform/quotas.tf reckons with no less: AWS gives every account so many.
LEAST = 10

# As docs/operations.md has it. The role is found by its name: another region's may be there already.
LOGGING = """\
aws iam create-role --role-name api-gateway-logs --assume-role-policy-document \\
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"apigateway.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}'
aws iam attach-role-policy --role-name api-gateway-logs \\
    --policy-arn arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
role=$(aws iam get-role --role-name api-gateway-logs --query Role.Arn --output text)
aws apigateway update-account --region {region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=$role
"""


def allowed(client: Callable[[str], Any], say: Say) -> dict[str, int]:
    """The variables that the account decides, asked in its home region; `client` makes a boto3 client for a service.

    Raises OperatorError where a deployment would fail half-way.
    """
    # boto3's types here do not have API Gateway.
    require_logging(client("apigateway"), say)
    return concurrency(client("lambda"), say)


def require_logging(client: Any, say: Say) -> None:
    """Raises OperatorError where API Gateway has no role to log with: AWS makes no stage that logs then.

    Without the permission to look the operator is told, and Terraform will see.
    """
    region = client.meta.region_name
    try:
        role = client.get_account().get("cloudwatchRoleArn")
    except ClientError as error:
        if code(error) not in DENIED:
            raise
        say(
            f"Whether API Gateway may log in {region} cannot be read: {error}. "
            f"The permission apigateway:GET on arn:{client.meta.partition}:apigateway:{region}::/account would tell."
        )
        return
    if not role:
        raise OperatorError(
            f"API Gateway has no role to log with in {region}; AWS makes no stage of a REST API that logs before. "
            "Nothing was applied.",
            "Set one, once for all REST APIs of the account and region, then deploy again. A role that is some seconds "
            f"old may be refused still.\n\n{LOGGING.format(region=region, partition=client.meta.partition)}",
        )


def concurrency(client: "LambdaClient", say: Say) -> dict[str, int]:
    """The variable that Terraform checks the workers against: what no function of the account has for itself alone.

    Without the permission Terraform reckons with AWS's usual 1,000, and the operator is told.
    """
    try:
        limits = client.get_account_settings()["AccountLimit"]
    except ClientError as error:
        if code(error) not in DENIED:
            raise
        say(
            f"How many Lambdas may run at a time in {client.meta.region_name} cannot be read: {error}. "
            "Terraform reckons with its account_concurrency; the permission lambda:GetAccountSettings would tell."
        )
        return {}
    return {"account_concurrency": max(LEAST, limits["UnreservedConcurrentExecutions"])}
