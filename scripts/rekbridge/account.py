"""What an AWS account allows besides Rekognition: how many Lambdas run at a time in its home region."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.deployment import Say

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# terraform/quotas.tf reckons with no less: AWS gives every account so many.
LEAST = 10


def concurrency(client: "LambdaClient", say: Say) -> dict[str, int]:
    """The variable that Terraform checks the workers against: what no function of the account has for itself alone.

    Without the permission Terraform reckons with AWS's usual 1,000, and the operator is told.
    """
    try:
        limits = client.get_account_settings()["AccountLimit"]
    except (BotoCoreError, ClientError) as error:
        say(
            f"How many Lambdas may run at a time in {client.meta.region_name} cannot be read: {error}. "
            "Terraform reckons with its account_concurrency; the permission lambda:GetAccountSettings would tell."
        )
        return {}
    return {"account_concurrency": max(LEAST, limits["UnreservedConcurrentExecutions"])}
