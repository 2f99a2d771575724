"""The ARNs of everything that a plan creates. Where AWS chooses a part of one, any value stands for it."""

from collections.abc import Callable, Iterator

from tests.plan.fake_aws import ACCOUNT
from tests.plan.terraform_plan import PlannedResource, TerraformPlan

type FormatArn = Callable[[PlannedResource, str], str]


def format_arn(service: str, attribute: str, beginning: str = "") -> FormatArn:
    """Return a function that makes the ARN of a resource from one attribute."""
    return lambda resource, region: (
        f"arn:aws:{service}:{region}:{ACCOUNT}:{beginning}{resource.values.get(attribute) or 'a1b2c3'}"
    )


ARNS: dict[str, FormatArn] = {
    "aws_cloudwatch_event_bus": format_arn("events", "name", "event-bus/"),
    "aws_cloudwatch_event_rule": format_arn("events", "name", "rule/"),
    "aws_cloudwatch_log_group": format_arn("logs", "name", "log-group:"),
    "aws_cloudwatch_metric_alarm": format_arn("cloudwatch", "alarm_name", "alarm:"),
    "aws_dynamodb_table": format_arn("dynamodb", "name", "table/"),
    "aws_iam_role": lambda role, _: f"arn:aws:iam::{ACCOUNT}:role{role.values['path']}{role.values['name']}",
    "aws_kms_alias": format_arn("kms", "name"),
    "aws_kms_key": format_arn("kms", "key_id", "key/"),
    "aws_lambda_event_source_mapping": format_arn("lambda", "uuid", "event-source-mapping:"),
    "aws_lambda_function": format_arn("lambda", "function_name", "function:"),
    "aws_s3_bucket": lambda bucket, _: f"arn:aws:s3:::{bucket.values['bucket']}",
    "aws_secretsmanager_secret": lambda secret, region: (
        f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{secret.values['name']}-a1b2c3"
    ),
    "aws_sns_topic": format_arn("sns", "name"),
    "aws_sqs_queue": format_arn("sqs", "name"),
}


def iterate_arns(plan: TerraformPlan, home: str, remote: str) -> Iterator[str]:
    """Yield the ARN of every resource that has one of its own."""
    for resource in plan.resources:
        if resource.type in ARNS:
            yield ARNS[resource.type](resource, remote if resource.provider == "aws.remote" else home)
