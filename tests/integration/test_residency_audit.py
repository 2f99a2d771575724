"""`rekbridge residency audit` of the deployed stack: it finds nothing, and finds each change that is made to it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from rekbridge.deploy.deployer_policy import DOCS
from rekbridge.residency.audit import (
    bucket_outflows,
    buckets,
    inventory,
    log_groups,
    messaging,
    opt_out,
    staging,
    tables,
)
from rekbridge.residency.audit.run import audit
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditVerdict, Status
from rekbridge.testing import Stack

from tests.integration import tampering
from tests.integration.dead_letters import DeadLetters
from tests.integration.emulator_gaps import GAPS
from tests.integration.tampering import Tampering
from tests.plan.api_actions import OTHER_NAMES

# The checks that need a feature of the table of emulator gaps.
CHECKS_BY_FEATURE = {"ai-opt-out": {"ai-opt-out", "ai-opt-out-locked"}, "inventory": {"resources-elsewhere"}}
# Longer than any staging_ttl_h.
LATER = timedelta(days=2)


def run_room(stack: Stack, room: ModuleType, now: datetime | None = None) -> list[AuditVerdict]:
    """The verdicts of one room of checks."""
    subject = AuditSubject.create(stack.deployed, now)
    return [verdict for check in room.create_checks(subject) for verdict in check.run()]


def find_failed(verdicts: list[AuditVerdict]) -> set[tuple[str, str]]:
    """Check and resource of each failure."""
    return {(one.check, one.resource) for one in verdicts if one.judgement.status is Status.FAILED}


def excused_checks(target: str) -> set[str]:
    features = {gap["feature"] for gap in GAPS if gap["target"] == target} & CHECKS_BY_FEATURE.keys()
    return {check for feature in features for check in CHECKS_BY_FEATURE[feature]}


def test_everything_holds_that_the_emulator_can_show(stack: Stack, rekbridge_target: str) -> None:
    verdicts = [one for one in audit(stack.deployed) if one.judgement.status not in {Status.PASSED, Status.ADVICE}]
    excused = excused_checks(str(rekbridge_target))
    assert [(one.check, one.resource, one.judgement.seen) for one in verdicts if one.check not in excused] == []


@pytest.mark.needs("ai-opt-out")
def test_the_opt_out_of_the_account_can_be_read(stack: Stack) -> None:
    assert {one.judgement.status for one in run_room(stack, opt_out)} == {Status.PASSED}


@pytest.mark.needs("inventory")
def test_every_region_can_be_asked_what_it_has(stack: Stack) -> None:
    assert {one.judgement.status for one in run_room(stack, inventory)} == {Status.PASSED}


@pytest.mark.parametrize(
    ("tamper", "room", "expected"),
    [
        (tampering.open_bucket, buckets, {("bucket-public-access", "staging"), ("bucket-principals", "staging")}),
        (tampering.drop_tls, buckets, {("bucket-tls", "media")}),
        (tampering.stop_expiry, buckets, {("bucket-lifecycle", "staging")}),
        (tampering.encrypt_otherwise, buckets, {("bucket-encryption", "results")}),
        (tampering.replicate, bucket_outflows, {("bucket-replication", "media")}),
        (tampering.log_abroad, log_groups, {("log-groups-abroad", "log groups")}),
        (tampering.keep_logs, log_groups, {("log-retention", "log groups")}),
        (tampering.open_queue, messaging, {("queue-tls", "results"), ("queue-principals", "results")}),
        (tampering.retain_dead_letters, messaging, {("queue-retention", "events-delivery-dlq")}),
        (tampering.listen, messaging, {("topic-subscriptions", "events")}),
        (tampering.open_topic, messaging, {("topic-principals", "events")}),
        (tampering.stop_backups, tables, {("table-backups", "claims")}),
        (tampering.add_elsewhere, inventory, {("resources-elsewhere", "tagged resources")}),
        (tampering.add_to_remote, inventory, {("remote-resources", "tagged resources")}),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2] or None,
)
def test_a_change_is_found_alone_and_gone_when_it_is_undone(
    stack: Stack, tamper: Tampering, room: ModuleType, expected: set[tuple[str, str]]
) -> None:
    names = {stack.deployed.get_bucket(role): role for role in stack.deployed.outputs["buckets"]}
    with tamper(stack):
        failed = find_failed(run_room(stack, room))
    assert {(check, names.get(name, name.removeprefix("rekbridge-"))) for check, name in failed} == expected
    assert find_failed(run_room(stack, room)) == set()


def test_the_auditors_policy_has_every_action_that_the_audit_calls_and_no_other(stack: Stack) -> None:
    actions: set[str] = set()

    def create_client(service: str, region: str) -> Any:
        client = stack.cloud.client(service, region)
        prefix = {"resourcegroupstaggingapi": "tag"}.get(service, service)
        client.meta.events.register(
            "before-call",
            lambda model, **_: actions.update(OTHER_NAMES.get(f"{prefix}:{model.name}", {f"{prefix}:{model.name}"})),
        )
        return client

    audit(replace(stack.deployed, client=create_client))
    policy = json.loads((DOCS / "auditor-policy.json").read_text())
    granted = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert actions - granted == set()
    # No emulator has an opt-out policy to describe.
    assert granted - actions == {"organizations:DescribePolicy"}


@pytest.fixture
def empty_staging(stack: Stack) -> None:
    """What other tests have left in staging is gone."""
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    for row in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=row["Key"])


def check_leftovers(stack: Stack, tamper: Tampering) -> None:
    """What a block puts into staging is a leftover once it is old, and not before."""
    later = datetime.now(UTC) + LATER
    with tamper(stack):
        assert find_failed(run_room(stack, staging)) == set()
        bucket = stack.deployed.get_bucket("staging")
        assert find_failed(run_room(stack, staging, later)) == {("staging-leftovers", bucket)}
    assert find_failed(run_room(stack, staging, later)) == set()


@pytest.mark.usefixtures("empty_staging")
def test_an_object_in_staging_is_a_leftover_once_it_is_old(stack: Stack, dead_letters: DeadLetters) -> None:
    check_leftovers(stack, tampering.put_stray_copy)
    # Its notification names no run.
    dead_letters.take(stack.deployed.outputs["queues"]["bridge"]["name"])


@pytest.mark.usefixtures("empty_staging")
def test_an_upload_to_staging_that_is_never_completed_is_a_leftover_once_it_is_old(stack: Stack) -> None:
    check_leftovers(stack, tampering.begin_upload)
