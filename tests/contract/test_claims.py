"""Leases on paid calls and their attempts: the fake and the table in DynamoDB behave alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.adapters.dynamodb.items import deserialize
from rekbridge_lambda.domain.claims import MAX_ATTEMPTS
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.ports import ClaimStore

from tests.builders import MINUTE, NOW, make_attempt
from tests.contract.cloud import Cloud
from tests.fakes import FakeClaimStore

KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")


@dataclass
class ClaimStoreUnderTest:
    """A claim store, and what it stored about KEY: the outcome of each attempt, and the number of unpaid attempts."""

    claims: ClaimStore
    list_outcomes: Callable[[], list[str | None]]
    count_unpaid: Callable[[], int]


def create_fake_claims() -> ClaimStoreUnderTest:
    claims = FakeClaimStore()
    return ClaimStoreUnderTest(
        claims, lambda: [outcome for _, outcome, _ in claims[KEY].attempts], lambda: claims[KEY].unpaid
    )


def create_dynamodb_claims(cloud: Cloud) -> ClaimStoreUnderTest:
    table = cloud.create_claims_table()

    def load_row() -> dict[str, Any]:
        [row] = cloud.scan_table(table)
        return deserialize(row)

    return ClaimStoreUnderTest(
        ClaimsTable(cloud.client("dynamodb"), table),
        lambda: [attempt.get("outcome") for attempt in load_row()["attempts"]],
        lambda: int(load_row().get("unpaid", 0)),
    )


@pytest.fixture(params=["fake", "table"])
def subject(request: pytest.FixtureRequest, cloud: Cloud) -> ClaimStoreUnderTest:
    return create_fake_claims() if request.param == "fake" else create_dynamodb_claims(cloud)


def test_the_first_worker_gets_the_claim(subject: ClaimStoreUnderTest) -> None:
    claim = subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    assert (claim.attempt_index, claim.lease_until, claim.attempt) == (0, NOW + MINUTE, make_attempt())


@pytest.mark.parametrize("delay", [0, MINUTE])
def test_a_held_claim_is_refused_with_the_wait_until_its_lease_ends(subject: ClaimStoreUnderTest, delay: int) -> None:
    subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    with pytest.raises(ClaimHeld) as refusal:
        subject.claims.claim(KEY, make_attempt(NOW + delay), NOW + delay + MINUTE)
    assert refusal.value.retry_in == (MINUTE - delay) / 1000 + 1


def test_an_expired_lease_can_be_claimed_again(subject: ClaimStoreUnderTest) -> None:
    subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    assert subject.claims.claim(KEY, make_attempt(after), after + MINUTE).attempt_index == 1


def test_each_result_has_its_own_claim(subject: ClaimStoreUnderTest) -> None:
    subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    assert subject.claims.claim(ResultKey(KEY + "x"), make_attempt(), NOW + MINUTE).attempt_index == 0


@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_an_outcome_is_stored_with_its_attempt_and_ends_the_lease(subject: ClaimStoreUnderTest, outcome: Any) -> None:
    for number in range(2):
        claim = subject.claims.claim(KEY, make_attempt(NOW + number), NOW + MINUTE)
        subject.claims.complete(claim, outcome, "why")
    assert subject.list_outcomes() == [outcome, outcome]


def test_unpaid_attempts_are_counted_apart_from_the_maximum_of_five(subject: ClaimStoreUnderTest) -> None:
    for number in range(MAX_ATTEMPTS + 2):
        claim = subject.claims.claim(KEY, make_attempt(NOW + number), NOW + MINUTE)
        subject.claims.complete(claim, "unpaid", "slow down")
    assert (subject.list_outcomes(), subject.count_unpaid()) == ([], MAX_ATTEMPTS + 2)


def test_an_unpaid_attempt_leaves_the_other_attempts_unchanged(subject: ClaimStoreUnderTest) -> None:
    for outcome in ("failed", "unpaid", "done"):
        subject.claims.complete(subject.claims.claim(KEY, make_attempt(), NOW + MINUTE), outcome, "")
    assert subject.list_outcomes() == ["failed", "done"]


def test_after_five_attempts_the_claim_is_refused_with_the_reason_of_each(subject: ClaimStoreUnderTest) -> None:
    for number in range(MAX_ATTEMPTS - 1):
        claim = subject.claims.claim(KEY, make_attempt(NOW + number), NOW + MINUTE)
        subject.claims.complete(claim, "failed", f"reason {number}")
    subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    with pytest.raises(OutOfAttempts, match=r"5 attempts: reason 0;.*reason 3; stopped before an answer"):
        subject.claims.claim(KEY, make_attempt(after), after + MINUTE)


def test_the_claim_is_held_while_the_fifth_attempt_is_in_progress(subject: ClaimStoreUnderTest) -> None:
    for number in range(MAX_ATTEMPTS):
        claim = subject.claims.claim(KEY, make_attempt(NOW + number), NOW + MINUTE)
        if claim.attempt_index < MAX_ATTEMPTS - 1:
            subject.claims.complete(claim, "failed", "")
    with pytest.raises(ClaimHeld):
        subject.claims.claim(KEY, make_attempt(NOW + 9), NOW + MINUTE)


@pytest.mark.parametrize("outcome", ["done", "failed", "unpaid"])
def test_an_outcome_after_the_end_of_its_lease_does_not_end_the_next_lease(
    subject: ClaimStoreUnderTest, outcome: Any
) -> None:
    late = subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    subject.claims.claim(KEY, make_attempt(after), after + MINUTE)
    subject.claims.complete(late, outcome, "late")
    assert subject.list_outcomes() == [outcome, None]
    with pytest.raises(ClaimHeld):
        subject.claims.claim(KEY, make_attempt(after + 1), after + 2 * MINUTE)


def test_the_first_outcome_is_never_replaced(subject: ClaimStoreUnderTest) -> None:
    claim = subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    subject.claims.complete(claim, "done", "")
    subject.claims.complete(claim, "failed", "")
    assert subject.list_outcomes() == ["done"]


def test_a_released_claim_is_removed_and_can_be_claimed_again(subject: ClaimStoreUnderTest) -> None:
    subject.claims.complete(subject.claims.claim(KEY, make_attempt(), NOW + MINUTE), "done", "")
    subject.claims.release(subject.claims.claim(KEY, make_attempt(NOW + 1), NOW + MINUTE))
    assert (subject.list_outcomes(), subject.count_unpaid()) == (["done"], 0)
    assert subject.claims.claim(KEY, make_attempt(NOW + 2), NOW + MINUTE).attempt_index == 1


def test_a_release_after_the_end_of_its_lease_does_not_end_the_next_lease(subject: ClaimStoreUnderTest) -> None:
    late = subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    subject.claims.claim(KEY, make_attempt(after), after + MINUTE)
    subject.claims.release(late)
    with pytest.raises(ClaimHeld):
        subject.claims.claim(KEY, make_attempt(after + 1), after + 2 * MINUTE)


def test_a_late_outcome_is_never_stored_with_another_attempt(subject: ClaimStoreUnderTest) -> None:
    unpaid = subject.claims.claim(KEY, make_attempt(), NOW + MINUTE)
    subject.claims.complete(unpaid, "unpaid", "slow down")
    subject.claims.claim(KEY, make_attempt(NOW + 5), NOW + 2 * MINUTE)
    subject.claims.complete(unpaid, "done", "repeated")
    assert subject.list_outcomes() == [None]
