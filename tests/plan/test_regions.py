"""Everything lies in the region where it belongs."""

from tests.plan.planned import Plan

# All else is at home: every function, table and queue, and what an image is kept in.
REMOTE = (
    "module.remote.",
    "module.bridge.aws_sns_topic_subscription.",
    "module.bridge.aws_sqs_queue.undelivered",
    "module.bridge.aws_cloudwatch_metric_alarm.undelivered",
)


def test_only_staging_and_its_events_are_remote(plan: Plan) -> None:
    remote = {resource.address for resource in plan.resources if resource.provider == "aws.remote"}
    assert remote == {resource.address for resource in plan.resources if resource.address.startswith(REMOTE)}


def test_everything_else_is_home(plan: Plan) -> None:
    home = {resource.address for resource in plan.resources if resource.provider == "aws.home"}
    assert home == {resource.address for resource in plan.resources if not resource.address.startswith(REMOTE)}


def test_the_remote_region_has_no_code_and_no_database(plan: Plan) -> None:
    kinds = {resource.type for resource in plan.resources if resource.provider == "aws.remote"}
    assert not kinds & {"aws_lambda_function", "aws_dynamodb_table", "aws_iam_role"}


def test_an_alarm_tells_a_topic_of_its_own_region(plan: Plan) -> None:
    told = {(alarm.provider, *alarm.values["alarm_actions"]) for alarm in plan.of("aws_cloudwatch_metric_alarm")}
    assert told == {
        ("aws.home", "arn:aws:sns:eu-west-3:123456789012:oncall"),
        ("aws.remote", "arn:aws:sns:eu-west-1:123456789012:oncall"),
    }
