"""Queues: mistakes for which AWS loses or rejects messages, and an emulator does not."""

import json
from collections import Counter

from tests.plan.terraform_plan import PlannedResource, PlanObject, TerraformPlan

DAY_S = 24 * 3600

# queue -> (service, source ARN) that its policy admits; roles need no entry
SENDERS = {
    "rekbridge-uploads": ("s3.amazonaws.com", "arn:aws:s3:::rekbridge-media-123456789012-eu-west-3"),
    "rekbridge-bridge": ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:rekbridge-events"),
    "rekbridge-events-delivery-dlq": ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:rekbridge-events"),
    "rekbridge-sweep-delivery-dlq": (
        "events.amazonaws.com",
        "arn:aws:events:eu-west-3:123456789012:rule/rekbridge-sweep",
    ),
}


def parse_sender(statement: PlanObject) -> tuple[str, str]:
    """The service and the source ARN that a statement admits."""
    (service,) = statement["Principal"]["Service"]
    return service, statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def find_sender_statements(plan: TerraformPlan) -> list[PlanObject]:
    """Every statement that admits a service to a queue."""
    return [
        statement
        for queue in plan.find_all("aws_sqs_queue")
        for statement in queue.parse_policy()
        if statement["Effect"] == "Allow"
    ]


def is_dlq(queue: PlannedResource) -> bool:
    return str(queue.values["name"]).endswith("-dlq")


def test_each_queue_admits_exactly_its_sender(plan: TerraformPlan) -> None:
    senders = {
        queue.values["name"]: parse_sender(statement)
        for queue in plan.find_all("aws_sqs_queue")
        for statement in queue.parse_policy()
        if statement["Effect"] == "Allow"
    }
    assert senders == SENDERS


def test_with_an_opt_in_home_both_queues_of_the_bridge_admit_its_own_principal_of_sns_too(
    largest_plan: TerraformPlan,
) -> None:
    topic = "arn:aws:sns:ap-northeast-1:123456789012:as-long-as-it-may-be-events"
    senders = {
        queue.values["name"]: statement["Principal"]["Service"]
        for queue in largest_plan.find_all("aws_sqs_queue")
        for statement in queue.parse_policy()
        if statement["Effect"] == "Allow" and statement["Condition"]["ArnEquals"]["aws:SourceArn"] == topic
    }
    services = ["sns.amazonaws.com", "sns.ap-southeast-6.amazonaws.com"]
    assert senders == {
        "as-long-as-it-may-be-bridge": services,
        "as-long-as-it-may-be-events-delivery-dlq": services,
    }


def test_a_sender_is_admitted_for_this_account_only(plan: TerraformPlan) -> None:
    for statement in find_sender_statements(plan):
        equals = statement["Condition"].get("StringEquals", {})
        assert equals.get("aws:SourceAccount", parse_sender(statement)[1].split(":")[4]) == "123456789012"


def test_only_s3_must_also_send_its_account(plan: TerraformPlan) -> None:
    services = {
        parse_sender(statement)[0]
        for statement in find_sender_statements(plan)
        if "StringEquals" in statement["Condition"]
    }
    assert services == {"s3.amazonaws.com"}


def test_every_queue_has_a_dlq_of_its_own(plan: TerraformPlan) -> None:
    redrive_targets = {
        json.loads(redrive.values["redrive_policy"])["deadLetterTargetArn"].rpartition(":")[2]
        for redrive in plan.find_all("aws_sqs_queue_redrive_policy")
    }
    assert redrive_targets == {
        f"{queue.values['name']}-dlq" for queue in plan.find_all("aws_sqs_queue") if not is_dlq(queue)
    }


def test_no_queue_moves_a_message_to_its_dlq_because_it_waited(plan: TerraformPlan) -> None:
    redrives = plan.find_all("aws_sqs_queue_redrive_policy")
    assert {json.loads(redrive.values["redrive_policy"])["maxReceiveCount"] for redrive in redrives} == {1000}


def test_a_queue_keeps_messages_for_10_days(plan: TerraformPlan) -> None:
    queues = [queue for queue in plan.find_all("aws_sqs_queue") if not is_dlq(queue)]
    assert {queue.values["message_retention_seconds"] for queue in queues} == {10 * DAY_S}


def test_a_dlq_keeps_messages_for_the_longest_time_that_sqs_allows_except_the_one_abroad(plan: TerraformPlan) -> None:
    days = {
        (queue.provider, queue.values["message_retention_seconds"] // DAY_S)
        for queue in plan.find_all("aws_sqs_queue")
        if is_dlq(queue)
    }
    assert days == {("aws.home", 14), ("aws.remote", 4)}


def test_the_visibility_timeout_is_six_timeouts_of_the_consumer(plan: TerraformPlan) -> None:
    visibility_timeouts = {
        f"arn:aws:sqs:eu-west-3:123456789012:{queue.values['name']}": queue.values["visibility_timeout_seconds"]
        for queue in plan.find_all("aws_sqs_queue")
    }
    for mapping in plan.find_all("aws_lambda_event_source_mapping"):
        (consumer,) = plan.find_in_same_module(mapping, "aws_lambda_function")
        assert visibility_timeouts[mapping.values["event_source_arn"]] >= 6 * consumer.values["timeout"]


def test_no_queue_has_two_consumers(plan: TerraformPlan) -> None:
    mappings = plan.find_all("aws_lambda_event_source_mapping")
    consumers = Counter(mapping.values["event_source_arn"] for mapping in mappings)
    assert set(consumers.values()) == {1}


def test_every_queue_except_dlqs_has_a_consumer(plan: TerraformPlan) -> None:
    consumed = {
        mapping.values["event_source_arn"].rpartition(":")[2]
        for mapping in plan.find_all("aws_lambda_event_source_mapping")
    }
    assert consumed == {queue.values["name"] for queue in plan.find_all("aws_sqs_queue") if not is_dlq(queue)}


def test_uploads_and_work_have_a_batch_size_of_one_and_others_of_ten(plan: TerraformPlan) -> None:
    sizes = {
        mapping.values["event_source_arn"].rpartition(":")[2]: mapping.values["batch_size"]
        for mapping in plan.find_all("aws_lambda_event_source_mapping")
    }
    assert {name: size for name, size in sizes.items() if size != 10} == {
        "rekbridge-uploads": 1,
        "rekbridge-work-text": 1,
        "rekbridge-work-labels": 1,
        "rekbridge-work-faces": 1,
    }


def test_every_consumer_reports_batch_item_failures(plan: TerraformPlan) -> None:
    for mapping in plan.find_all("aws_lambda_event_source_mapping"):
        assert mapping.values["function_response_types"] == ["ReportBatchItemFailures"]


def test_every_dlq_has_an_alarm(plan: TerraformPlan) -> None:
    watched = {
        alarm.values["dimensions"]["QueueName"]
        for alarm in plan.find_all("aws_cloudwatch_metric_alarm")
        if alarm.values["namespace"] == "AWS/SQS"
    }
    assert watched == {queue.values["name"] for queue in plan.find_all("aws_sqs_queue") if is_dlq(queue)}
