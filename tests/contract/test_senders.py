"""Messages to SQS and events to EventBridge; the fakes of the queues behave alike."""

import json

import pytest
from rekbridge_lambda.adapters.eventbridge import EventBridgePublisher
from rekbridge_lambda.adapters.sqs.messages import decode_message
from rekbridge_lambda.adapters.sqs.senders import SqsResultQueue, SqsWorkQueue
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

from tests.builders import HOME, make_failed_result, make_finished, make_result, make_run, make_work
from tests.contract.cloud import Cloud
from tests.fakes import FakeResultQueue, FakeWorkQueue


def test_work_is_sent_to_the_queue_of_its_operation(cloud: Cloud) -> None:
    urls = {name: cloud.create_queue() for name in ("labels", "faces")}
    new_run = make_run("labels", "faces")
    SqsWorkQueue(cloud.client("sqs"), urls).send(make_work(new_run, name) for name in ("faces", "labels"))
    for name, url in urls.items():
        [body] = cloud.receive_bodies(url)
        assert decode_message(Work, json.loads(body)) == make_work(new_run, name)


@pytest.mark.parametrize("number", [0, 10, 11, 25])
def test_more_work_than_one_batch_is_sent(cloud: Cloud, number: int) -> None:
    url, fake, messages = cloud.create_queue(), FakeWorkQueue(), [make_work(make_run()) for _ in range(number)]
    SqsWorkQueue(cloud.client("sqs"), {"labels": url}).send(messages)
    fake.send(messages)
    assert len(cloud.receive_bodies(url)) == len(fake.sent) == number


def test_the_depth_counts_visible_messages(cloud: Cloud) -> None:
    url = cloud.create_queue()
    for _ in range(3):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    assert SqsWorkQueue(cloud.client("sqs"), {"labels": url}).get_depth("labels") == 3


def test_the_depth_counts_invisible_messages(cloud: Cloud) -> None:
    url, sqs = cloud.create_queue(), cloud.client("sqs")
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)
    assert SqsWorkQueue(sqs, {"labels": url}).get_depth("labels") == 3


def test_the_depth_of_an_empty_queue_is_zero(cloud: Cloud) -> None:
    queues = SqsWorkQueue(cloud.client("sqs"), {"labels": cloud.create_queue()})
    assert queues.get_depth("labels") == FakeWorkQueue().get_depth("labels") == 0


def test_the_depth_is_cached(cloud: Cloud) -> None:
    url = cloud.create_queue()
    queues = SqsWorkQueue(cloud.client("sqs"), {"labels": url})
    queues.get_depth("labels")
    queues.send([make_work(make_run())])
    assert queues.get_depth("labels") == 0


@pytest.mark.parametrize(
    "finished", [make_finished(make_run()), make_finished(make_run(), code="gone", reason="expired: 猫")]
)
def test_a_finished_analysis_is_received_as_it_was_sent(cloud: Cloud, finished: AnalysisFinished) -> None:
    url, fake = cloud.create_queue(), FakeResultQueue()
    SqsResultQueue(cloud.client("sqs"), url).send(finished)
    fake.send(finished)
    assert [decode_message(AnalysisFinished, json.loads(body)) for body in cloud.receive_bodies(url)] == fake


def create_bus_with_queue(cloud: Cloud) -> tuple[EventBridgePublisher, str]:
    """An event bus, and the URL of a queue that receives all its events."""
    events, url = cloud.client("events"), cloud.create_queue()
    name = url.rpartition("/")[2]
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["rekbridge"]}')
    arn = f"arn:aws:sqs:{HOME}:123456789012:{name}"
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": arn}])
    return EventBridgePublisher(events, name), url


def test_an_event_has_id_status_and_result_key(cloud: Cloud) -> None:
    bus, url = create_bus_with_queue(cloud)
    finished = make_finished(make_run())
    bus.publish(make_run(), finished, make_result("Cat"))
    [body] = cloud.receive_bodies(url)
    detail = json.loads(body)["detail"]
    assert (detail["id"], detail["status"], detail["result_key"]) == (
        f"{finished.run_id}/labels",
        "done",
        finished.result_key,
    )


def test_a_repeated_event_has_the_same_id(cloud: Cloud) -> None:
    bus, url = create_bus_with_queue(cloud)
    for _ in range(2):
        bus.publish(make_run(), make_finished(make_run()), make_failed_result())
    first, second = (json.loads(body)["detail"] for body in cloud.receive_bodies(url))
    assert first == second


def test_an_event_contains_neither_owner_nor_key(cloud: Cloud) -> None:
    bus, url = create_bus_with_queue(cloud)
    bus.publish(make_run(), make_finished(make_run()), make_result("Cat"))
    [body] = cloud.receive_bodies(url)
    assert "anna" not in body
