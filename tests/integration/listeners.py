"""Temporary queues that receive what is published: to the remote region's topic, and to the home event bus."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rekbridge.testing import Stack


@dataclass
class ListenerQueue:
    """A queue for one test, and the bodies that it has received."""

    sqs: Any
    url: str
    arn: str
    bodies: list[str] = field(default_factory=list)

    def receive_about(self, text: str) -> list[str]:
        """Receive once more, and return all bodies so far that contain a text."""
        for message in self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
            self.bodies.append(message["Body"])
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [body for body in self.bodies if text in body]


@contextmanager
def listen_to_topic(stack: Stack) -> Iterator[ListenerQueue]:
    """Receive S3's events about staged copies."""
    sns, topic = stack.client("sns", stack.deployed.remote), stack.deployed.outputs["topic_arn"]
    with ExitStack() as cleanup:
        listener = cleanup.enter_context(_create_queue(stack, stack.deployed.remote, "sns.amazonaws.com"))
        raw = {"RawMessageDelivery": "true"}
        subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=listener.arn, Attributes=raw)
        cleanup.callback(sns.unsubscribe, SubscriptionArn=subscribed["SubscriptionArn"])
        yield listener


@contextmanager
def listen_to_bus(stack: Stack) -> Iterator[ListenerQueue]:
    """Receive the events that ROUTE publishes for results."""
    events, bus = stack.client("events"), stack.deployed.outputs["event_bus"]
    with ExitStack() as cleanup:
        listener = cleanup.enter_context(_create_queue(stack, stack.deployed.home, "events.amazonaws.com"))
        rule = {"Rule": "listener", "EventBusName": bus}
        events.put_rule(Name="listener", EventBusName=bus, EventPattern=json.dumps({"source": ["rekbridge"]}))
        cleanup.callback(events.delete_rule, Name="listener", EventBusName=bus)
        events.put_targets(**rule, Targets=[{"Id": "listener", "Arn": listener.arn}])
        cleanup.callback(events.remove_targets, **rule, Ids=["listener"])
        yield listener


@contextmanager
def _create_queue(stack: Stack, region: str, sender: str) -> Iterator[ListenerQueue]:
    sqs = stack.client("sqs", region)
    policy = {"Effect": "Allow", "Principal": {"Service": sender}, "Action": "sqs:SendMessage", "Resource": "*"}
    attributes = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})}
    url = sqs.create_queue(QueueName=f"listener-{uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]
    try:
        response = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        yield ListenerQueue(sqs, url, response["Attributes"]["QueueArn"])
    finally:
        sqs.delete_queue(QueueUrl=url)
