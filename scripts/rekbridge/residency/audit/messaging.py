"""Checks of queues, of the remote topic and its subscriptions, and of the event bus."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rekbridge.read_models.deployment import DeployedQueue
from rekbridge.residency import retention
from rekbridge.residency.audit.resource_policies import find_foreign_principals, parse_policy, requires_tls
from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect, expect_none

SECONDS_PER_DAY = 24 * 3600


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """One check for each queue, the topic, its subscriptions and the event bus."""
    for queue in subject.deployed.list_queues():
        names: tuple[str, ...] = ("queue-encryption", "queue-tls", "queue-principals")
        if queue.region != subject.home:
            names += ("queue-retention",)
        yield Check(names, queue.name, queue.region, partial(judge_queue, subject, queue))
    topic = subject.deployed.outputs["topic_arn"].rpartition(":")[2]
    names = ("topic-encryption", "topic-tls", "topic-principals")
    yield Check(names, topic, subject.remote, partial(judge_topic, subject))
    yield Check(("topic-subscriptions",), topic, subject.remote, partial(judge_subscriptions, subject))
    bus = subject.deployed.outputs["event_bus"]
    yield Check(("event-bus-principals",), bus, subject.home, partial(judge_event_bus, subject, bus))


def judge_queue(subject: AuditSubject, queue: DeployedQueue) -> Iterator[AuditJudgement]:
    """Encryption, policy and, abroad, how long messages are kept: one request."""
    answer = subject.client("sqs", queue.region).get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
    attributes: Mapping[str, str] = answer["Attributes"]
    yield _judge_queue_encryption(subject, queue, attributes)
    policy = parse_policy(attributes.get("Policy"))
    arn = attributes["QueueArn"]
    yield expect(requires_tls(policy, {"sqs:*", "SQS:*"}, {arn}), *_describe_tls(policy, {"sqs:*", "SQS:*"}, arn))
    yield _judge_principals(policy, subject.account)
    if queue.region != subject.home:
        days = int(attributes["MessageRetentionPeriod"]) / SECONDS_PER_DAY
        limit = retention.REMOTE_DLQ_DAYS
        yield expect(days <= limit, f"messages are kept {days:g} days", f"Expected: at most {limit}. {REDEPLOY}")


def _judge_queue_encryption(
    subject: AuditSubject, queue: DeployedQueue, attributes: Mapping[str, str]
) -> AuditJudgement:
    expected, key = subject.get_key(queue.region), attributes.get("KmsMasterKeyId")
    managed = attributes.get("SqsManagedSseEnabled", "false").lower() == "true"
    seen = f"SSE-KMS with {key}" if key else "SSE-SQS" if managed else "not encrypted"
    holds = key == expected if expected else managed and not key
    return expect(holds, seen, f"Expected: {expected or 'SSE-SQS'}. {REDEPLOY}")


def judge_topic(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """Encrypted with a customer key, TLS only, nobody else's principals."""
    attributes = read_topic(subject)
    key, expected = attributes.get("KmsMasterKeyId"), subject.get_key(subject.remote)
    holds = key == expected if expected else bool(key) and not str(key).startswith("alias/aws/")
    yield expect(
        holds, f"SSE-KMS with {key}" if key else "not encrypted", f"Expected: {expected or 'its own key'}. {REDEPLOY}"
    )
    policy, arn = parse_policy(attributes.get("Policy")), subject.deployed.outputs["topic_arn"]
    actions = {"sns:Publish", "SNS:Publish"}
    yield expect(requires_tls(policy, actions, {arn}), *_describe_tls(policy, actions, arn))
    yield _judge_principals(policy, subject.account)


def read_topic(subject: AuditSubject) -> dict[str, Any]:
    """The attributes of the remote topic."""
    sns = subject.client("sns", subject.remote)
    attributes: dict[str, Any] = sns.get_topic_attributes(TopicArn=subject.deployed.outputs["topic_arn"])["Attributes"]
    return attributes


def judge_subscriptions(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """Only the bridge subscribes."""
    topic = subject.deployed.outputs["topic_arn"]
    pages = subject.client("sns", subject.remote).get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    subscriptions = [row for page in pages for row in page["Subscriptions"]]
    bridge = f"arn:{subject.partition}:sqs:{subject.home}:{subject.account}:{subject.prefix}-bridge"
    foreign = [row for row in subscriptions if (row["Protocol"], row["Endpoint"]) != ("sqs", bridge)]
    yield expect_none(
        [f"{row['Protocol']} {row['Endpoint']} gets every notification" for row in foreign],
        f"{len(subscriptions)} subscription: the bridge queue at home",
        "Remove it: "
        + "; ".join(f"aws sns unsubscribe --subscription-arn {row['SubscriptionArn']}" for row in foreign),
    )


def judge_event_bus(subject: AuditSubject, bus: str) -> Iterator[AuditJudgement]:
    """The event bus admits nobody else."""
    answer = subject.client("events", subject.home).describe_event_bus(Name=bus)
    yield _judge_principals(parse_policy(answer.get("Policy")), subject.account)


def _describe_tls(policy: Mapping[str, Any], actions: set[str], arn: str) -> tuple[str, str]:
    if requires_tls(policy, actions, {arn}):
        return "its policy denies requests without TLS", ""
    return "no statement of its policy denies all requests without TLS", REDEPLOY


def _judge_principals(policy: Mapping[str, Any], account: str) -> AuditJudgement:
    foreign = find_foreign_principals(policy, account)
    return expect_none(foreign, "its policy admits only the account and services that act for it", REDEPLOY)
