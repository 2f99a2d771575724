"""What an account must have before a deployment: API Gateway's logging role, and enough of Lambda and IAM."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rekbridge.deploy.preflight.findings import Finding, read_if_permitted
from rekbridge.deploy.preflight.settings import DeploymentSettings
from rekbridge.support.notify import Notify

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# AWS gives every account at least this many; modules/rekbridge/quotas.tf accepts no less.
MIN_CONCURRENCY = 10
ROLES = 6
# More than the six packages together, in both of the versions that exist during an update.
CODE_BYTES = 300 * 1000 * 1000

# The same commands are in docs/operations.md. They find the role by name: it may exist for another region already.
LOGGING_ROLE_COMMANDS = """\
aws iam create-role --role-name api-gateway-logs --assume-role-policy-document \\
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"apigateway.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}'
aws iam attach-role-policy --role-name api-gateway-logs \\
    --policy-arn arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
role=$(aws iam get-role --role-name api-gateway-logs --query Role.Arn --output text)
aws apigateway update-account --region {region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=$role
"""
RAISE_COMMAND = (
    "aws service-quotas request-service-quota-increase --service-code {service} --quota-code {quota} "
    "--desired-value {value} --region {region}"
)


def check_logging_role(client: Any, notify: Notify) -> list[Finding]:
    """Find that API Gateway has no role for its logs: without it, AWS creates no stage that logs.

    Without the permission to read this, notify the operator; `terraform apply` would fail then.
    """
    region, partition = client.meta.region_name, client.meta.partition
    account = read_if_permitted(
        client.get_account,
        f"Cannot read whether API Gateway in {region} has a logging role",
        f"apigateway:GET on arn:{partition}:apigateway:{region}::/account",
        notify,
    )
    if account is None or account.get("cloudwatchRoleArn"):
        return []
    commands = LOGGING_ROLE_COMMANDS.format(region=region, partition=partition)
    return [
        Finding(
            f"API Gateway has no logging role in {region}. Without one, AWS creates no REST API stage that logs.",
            "Set the role, once for all REST APIs of the account and region, then deploy again. AWS may still refuse a "
            f"role that is a few seconds old.\n\n{commands}",
        )
    ]


def read_lambda_settings(client: "LambdaClient", notify: Notify) -> Mapping[str, Any] | None:
    """Return the account's limits and usage of Lambda, or None without the permission to read them."""
    return read_if_permitted(
        client.get_account_settings,
        f"Cannot read the account's Lambda concurrency in {client.meta.region_name}; Terraform uses its variable "
        "account_concurrency instead",
        "lambda:GetAccountSettings",
        notify,
    )


def get_concurrency_variable(account: Mapping[str, Any] | None) -> dict[str, int]:
    """Return the unreserved concurrency as a Terraform variable. Unread, it is left to Terraform's default, 1,000."""
    if account is None:
        return {}
    return {"account_concurrency": max(MIN_CONCURRENCY, account["AccountLimit"]["UnreservedConcurrentExecutions"])}


def check_lambda(account: Mapping[str, Any] | None, settings: DeploymentSettings, notify: Notify) -> list[Finding]:
    """Find that the packages do not fit. Notify of a concurrency that is smaller than the functions could use."""
    if account is None:
        return []
    limits, region = account["AccountLimit"], settings.home
    if (unreserved := limits["UnreservedConcurrentExecutions"]) < settings.concurrency:
        value = limits["ConcurrentExecutions"] + settings.concurrency - unreserved
        command = RAISE_COMMAND.format(service="lambda", quota="L-B99A9384", value=value, region=region)
        notify(
            f"With every queue full, the functions use {settings.concurrency} concurrent executions, but the account "
            f"has {unreserved} unreserved in {region}: uploads and the REST API would throttle each other. "
            f"To raise it: {command}"
        )
    if limits["TotalCodeSize"] - account["AccountUsage"]["TotalCodeSize"] >= CODE_BYTES:
        return []
    gigabytes = limits["TotalCodeSize"] // 1024**3 + 1
    return [
        Finding(
            f"The account's storage for the code of functions in {region} is full: "
            f"{account['AccountUsage']['TotalCodeSize']:,} of {limits['TotalCodeSize']:,} bytes.",
            "Delete old versions of functions and layers, or raise the quota: "
            + RAISE_COMMAND.format(service="lambda", quota="L-2ACBD22F", value=gigabytes, region=region),
        )
    ]


def check_roles(client: Any, notify: Notify) -> list[Finding]:
    """Find that the account cannot have six roles more."""
    summary = read_if_permitted(
        lambda: client.get_account_summary()["SummaryMap"],
        "Cannot read how many IAM roles the account may still have",
        "iam:GetAccountSummary",
        notify,
    )
    if summary is None or summary["Roles"] + ROLES <= summary["RolesQuota"]:
        return []
    command = RAISE_COMMAND.format(
        service="iam", quota="L-FE177D64", value=summary["RolesQuota"] + 100, region="us-east-1"
    )
    return [
        Finding(
            f"The deployment creates {ROLES} roles, but the account has {summary['Roles']} of {summary['RolesQuota']}.",
            f"Delete roles that nobody uses, or raise the quota: {command}",
        )
    ]
