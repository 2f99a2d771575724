"""Work, answers and announcements on their way: fakes, SQS and EventBridge alike."""

import json

import pytest
from rekbridge_lambda.adapters.eventbridge import EventBus
from rekbridge_lambda.adapters.sqs.senders import ResultsQueue, WorkQueues
from rekbridge_lambda.domain.messages import Answered, Work

from tests.builders import HOME, answer, answered, failure, run, work
from tests.contract.cloud import Cloud
from tests.fakes import FakeAnswers, FakeWorkQueues


def test_work_reaches_the_queue_of_its_operation(cloud: Cloud) -> None:
    urls = {name: cloud.queue() for name in ("labels", "faces")}
    made = run("labels", "faces")
    WorkQueues(cloud.client("sqs"), urls).send(work(made, name) for name in ("faces", "labels"))
    for name, url in urls.items():
        [body] = cloud.bodies(url)
        assert Work.read(json.loads(body)) == work(made, name)


@pytest.mark.parametrize("number", [0, 10, 11, 25])
def test_all_work_is_sent_however_much_it_is(cloud: Cloud, number: int) -> None:
    url, fake, many = cloud.queue(), FakeWorkQueues(), [work(run()) for _ in range(number)]
    WorkQueues(cloud.client("sqs"), {"labels": url}).send(many)
    fake.send(many)
    assert len(cloud.bodies(url)) == len(fake.sent) == number


def test_depth_says_how_much_waits(cloud: Cloud) -> None:
    url = cloud.queue()
    for _ in range(3):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    assert WorkQueues(cloud.client("sqs"), {"labels": url}).depth("labels") == 3


def test_what_waits_out_of_sight_is_part_of_the_depth(cloud: Cloud) -> None:
    url, sqs = cloud.queue(), cloud.client("sqs")
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)
    assert WorkQueues(sqs, {"labels": url}).depth("labels") == 3


def test_an_empty_queue_has_no_depth(cloud: Cloud) -> None:
    queues = WorkQueues(cloud.client("sqs"), {"labels": cloud.queue()})
    assert queues.depth("labels") == FakeWorkQueues().depth("labels") == 0


def test_depth_is_not_asked_for_with_every_upload(cloud: Cloud) -> None:
    url = cloud.queue()
    queues = WorkQueues(cloud.client("sqs"), {"labels": url})
    queues.depth("labels")
    queues.send([work(run())])
    assert queues.depth("labels") == 0


@pytest.mark.parametrize("told", [answered(run()), answered(run(), code="gone", reason="expired: 猫")])
def test_an_answer_reaches_route_as_it_was_sent(cloud: Cloud, told: Answered) -> None:
    url, fake = cloud.queue(), FakeAnswers()
    ResultsQueue(cloud.client("sqs"), url).send(told)
    fake.send(told)
    assert [Answered.read(json.loads(body)) for body in cloud.bodies(url)] == fake


def heard(cloud: Cloud) -> tuple[EventBus, str]:
    """A bus, and a queue that hears everything on it."""
    events, url = cloud.client("events"), cloud.queue()
    name = url.rpartition("/")[2]
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["rekbridge"]}')
    arn = f"arn:aws:sqs:{HOME}:123456789012:{name}"
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": arn}])
    return EventBus(events, name), url


def test_a_routed_result_is_heard_with_its_id_and_status(cloud: Cloud) -> None:
    bus, url = heard(cloud)
    told = answered(run())
    bus.announce(told, answer("Cat"))
    [body] = cloud.bodies(url)
    detail = json.loads(body)["detail"]
    assert (detail["id"], detail["status"], detail["result"]) == (f"{told.run}/labels", "done", told.result)


def test_an_announcement_repeated_has_the_same_id(cloud: Cloud) -> None:
    bus, url = heard(cloud)
    for _ in range(2):
        bus.announce(answered(run()), failure())
    first, second = (json.loads(body)["detail"] for body in cloud.bodies(url))
    assert first == second


def test_an_announcement_names_neither_owner_nor_key(cloud: Cloud) -> None:
    bus, url = heard(cloud)
    bus.announce(answered(run()), answer("Cat"))
    [body] = cloud.bodies(url)
    assert "anna" not in body
