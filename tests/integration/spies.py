"""Queues that listen in: to the remote region's topic, and to the event bus at home."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rekbridge.testing import Stack


@dataclass
class Spy:
    """A queue of the test's own, and all that it has heard."""

    sqs: Any
    url: str
    arn: str
    heard: list[str] = field(default_factory=list)

    def about(self, what: str) -> list[str]:
        """The messages so far that mention something."""
        for message in self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
            self.heard.append(message["Body"])
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [body for body in self.heard if what in body]


@contextmanager
def on_topic(stack: Stack) -> Iterator[Spy]:
    """Hears what S3 tells of staged copies."""
    sns, topic = stack.client("sns", stack.deployed.remote), stack.deployed.told["topic_arn"]
    with ExitStack() as things:
        spy = things.enter_context(_queue(stack, stack.deployed.remote, "sns.amazonaws.com"))
        raw = {"RawMessageDelivery": "true"}
        subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=spy.arn, Attributes=raw)
        things.callback(sns.unsubscribe, SubscriptionArn=subscribed["SubscriptionArn"])
        yield spy


@contextmanager
def on_bus(stack: Stack) -> Iterator[Spy]:
    """Hears what ROUTE tells of results."""
    events, bus = stack.client("events"), stack.deployed.told["event_bus"]
    with ExitStack() as things:
        spy = things.enter_context(_queue(stack, stack.deployed.home, "events.amazonaws.com"))
        rule = {"Rule": "spy", "EventBusName": bus}
        events.put_rule(Name="spy", EventBusName=bus, EventPattern=json.dumps({"source": ["rekbridge"]}))
        things.callback(events.delete_rule, Name="spy", EventBusName=bus)
        events.put_targets(**rule, Targets=[{"Id": "spy", "Arn": spy.arn}])
        things.callback(events.remove_targets, **rule, Ids=["spy"])
        yield spy


@contextmanager
def _queue(stack: Stack, region: str, sender: str) -> Iterator[Spy]:
    sqs = stack.client("sqs", region)
    policy = {"Effect": "Allow", "Principal": {"Service": sender}, "Action": "sqs:SendMessage", "Resource": "*"}
    attributes = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})}
    url = sqs.create_queue(QueueName=f"spy-{uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]
    try:
        about = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        yield Spy(sqs, url, about["QueueArn"])
    finally:
        sqs.delete_queue(QueueUrl=url)
