"""Queues: what AWS would drop or refuse, and no emulator does."""

import json
from collections import Counter

from tests.plan.planned import Json, Plan, Resource

DAY = 24 * 3600

# queue -> (service, source) that may send by the queue's own policy; roles need no entry
ADMITTED = {
    "rekbridge-uploads": ("s3.amazonaws.com", "arn:aws:s3:::rekbridge-media-123456789012-eu-west-3"),
    "rekbridge-bridge": ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:rekbridge-events"),
    "rekbridge-events-undelivered": ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:rekbridge-events"),
    "rekbridge-sweep-undelivered": (
        "events.amazonaws.com",
        "arn:aws:events:eu-west-3:123456789012:rule/rekbridge-sweep",
    ),
}


def admitted(statement: Json) -> tuple[str, str]:
    return statement["Principal"]["Service"], statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def letting_in(plan: Plan) -> list[Json]:
    """Every statement by which a queue lets a service send."""
    return [told for queue in plan.of("aws_sqs_queue") for told in queue.policy() if told["Effect"] == "Allow"]


def is_last(queue: Resource) -> bool:
    return str(queue.values["name"]).endswith(("-dead", "-undelivered"))


def test_each_queue_admits_exactly_its_sender(plan: Plan) -> None:
    found = {
        queue.values["name"]: admitted(statement)
        for queue in plan.of("aws_sqs_queue")
        for statement in queue.policy()
        if statement["Effect"] == "Allow"
    }
    assert found == ADMITTED


def test_a_sender_is_admitted_for_this_account_only(plan: Plan) -> None:
    for statement in letting_in(plan):
        asked = statement["Condition"].get("StringEquals", {})
        assert asked.get("aws:SourceAccount", admitted(statement)[1].split(":")[4]) == "123456789012"


def test_only_s3_is_asked_for_its_account_besides(plan: Plan) -> None:
    asked = {admitted(statement)[0] for statement in letting_in(plan) if "StringEquals" in statement["Condition"]}
    assert asked == {"s3.amazonaws.com"}


def test_every_queue_has_a_dead_letter_queue_of_its_own(plan: Plan) -> None:
    buried = {
        json.loads(redrive.values["redrive_policy"])["deadLetterTargetArn"].rpartition(":")[2]
        for redrive in plan.of("aws_sqs_queue_redrive_policy")
    }
    assert buried == {f"{queue.values['name']}-dead" for queue in plan.of("aws_sqs_queue") if not is_last(queue)}


def test_no_queue_buries_a_message_for_waiting(plan: Plan) -> None:
    redrives = plan.of("aws_sqs_queue_redrive_policy")
    assert {json.loads(redrive.values["redrive_policy"])["maxReceiveCount"] for redrive in redrives} == {1000}


def test_messages_wait_for_ten_days(plan: Plan) -> None:
    waiting = [queue for queue in plan.of("aws_sqs_queue") if not is_last(queue)]
    assert {queue.values["message_retention_seconds"] for queue in waiting} == {10 * DAY}


def test_the_dead_are_kept_for_as_long_as_sqs_can(plan: Plan) -> None:
    kept = {queue.values["message_retention_seconds"] for queue in plan.of("aws_sqs_queue") if is_last(queue)}
    assert kept == {14 * DAY}


def test_a_message_stays_hidden_for_six_timeouts_of_its_reader(plan: Plan) -> None:
    hidden = {
        f"arn:aws:sqs:eu-west-3:123456789012:{queue.values['name']}": queue.values["visibility_timeout_seconds"]
        for queue in plan.of("aws_sqs_queue")
    }
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        (reader,) = plan.beside(mapping, "aws_lambda_function")
        assert hidden[mapping.values["event_source_arn"]] >= 6 * reader.values["timeout"]


def test_no_queue_is_read_twice(plan: Plan) -> None:
    read = Counter(mapping.values["event_source_arn"] for mapping in plan.of("aws_lambda_event_source_mapping"))
    assert set(read.values()) == {1}


def test_every_queue_that_is_not_the_last_is_read(plan: Plan) -> None:
    read = {
        mapping.values["event_source_arn"].rpartition(":")[2] for mapping in plan.of("aws_lambda_event_source_mapping")
    }
    assert read == {queue.values["name"] for queue in plan.of("aws_sqs_queue") if not is_last(queue)}


def test_uploads_and_work_are_read_one_at_a_time_and_the_rest_in_tens(plan: Plan) -> None:
    sizes = {
        mapping.values["event_source_arn"].rpartition(":")[2]: mapping.values["batch_size"]
        for mapping in plan.of("aws_lambda_event_source_mapping")
    }
    assert {name: size for name, size in sizes.items() if size != 10} == {
        "rekbridge-uploads": 1,
        "rekbridge-work-text": 1,
        "rekbridge-work-labels": 1,
        "rekbridge-work-faces": 1,
    }


def test_every_reader_answers_message_by_message(plan: Plan) -> None:
    for mapping in plan.of("aws_lambda_event_source_mapping"):
        assert mapping.values["function_response_types"] == ["ReportBatchItemFailures"]


def test_an_alarm_watches_every_last_queue(plan: Plan) -> None:
    watched = {
        alarm.values["dimensions"]["QueueName"]
        for alarm in plan.of("aws_cloudwatch_metric_alarm")
        if alarm.values["namespace"] == "AWS/SQS"
    }
    assert watched == {queue.values["name"] for queue in plan.of("aws_sqs_queue") if is_last(queue)}
