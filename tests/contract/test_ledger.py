"""Leases and the record of every attempt, of the fake and of DynamoDB alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable
from rekbridge_lambda.adapters.dynamodb.items import plain
from rekbridge_lambda.domain.claims import MOST_ATTEMPTS
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts
from rekbridge_lambda.ports import Ledger

from tests.builders import MINUTE, NOW, attempt
from tests.contract.cloud import Cloud
from tests.fakes import FakeLedger

KEY = "image/p1/labels/0123456789abcdef-e1.json"


@dataclass
class Shown:
    """A ledger with a look at the outcomes it holds of one result."""

    ledger: Ledger
    outcomes: Callable[[], list[str | None]]
    unpaid: Callable[[], int]


def faked() -> Shown:
    ledger = FakeLedger()
    return Shown(ledger, lambda: [tried[1] for tried in ledger[KEY].attempts], lambda: ledger[KEY].unpaid)


def tabled(cloud: Cloud) -> Shown:
    table = cloud.ledger()

    def row() -> dict[str, Any]:
        [row] = cloud.rows(table)
        return plain(row)

    return Shown(
        LedgerTable(cloud.client("dynamodb"), table),
        lambda: [tried.get("outcome") for tried in row()["attempts"]],
        lambda: int(row().get("unpaid", 0)),
    )


@pytest.fixture(params=["fake", "table"])
def shown(request: pytest.FixtureRequest, cloud: Cloud) -> Shown:
    return faked() if request.param == "fake" else tabled(cloud)


def test_the_first_to_come_holds_the_claim(shown: Shown) -> None:
    claim = shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    assert (claim.number, claim.until, claim.attempt) == (0, NOW + MINUTE, attempt())


@pytest.mark.parametrize("later", [0, MINUTE])
def test_a_held_claim_says_how_long_to_wait(shown: Shown, later: int) -> None:
    shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    with pytest.raises(ClaimHeld) as why:
        shown.ledger.claim(KEY, attempt(NOW + later), NOW + later + MINUTE)
    assert why.value.retry_in == (MINUTE - later) / 1000 + 1


def test_a_lease_that_ran_out_is_the_next_ones(shown: Shown) -> None:
    shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    assert shown.ledger.claim(KEY, attempt(after), after + MINUTE).number == 1


def test_results_are_claimed_apart(shown: Shown) -> None:
    shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    assert shown.ledger.claim(KEY + "x", attempt(), NOW + MINUTE).number == 0


@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_an_outcome_is_written_to_its_attempt_and_frees_the_claim(shown: Shown, outcome: Any) -> None:
    for number in range(2):
        claim = shown.ledger.claim(KEY, attempt(NOW + number), NOW + MINUTE)
        shown.ledger.settle(claim, outcome, "why")
    assert shown.outcomes() == [outcome, outcome]


def test_unpaid_attempts_are_counted_but_are_none_of_the_five(shown: Shown) -> None:
    for number in range(MOST_ATTEMPTS + 2):
        claim = shown.ledger.claim(KEY, attempt(NOW + number), NOW + MINUTE)
        shown.ledger.settle(claim, "unpaid", "slow down")
    assert (shown.outcomes(), shown.unpaid()) == ([], MOST_ATTEMPTS + 2)


def test_an_unpaid_attempt_leaves_the_others_where_they_are(shown: Shown) -> None:
    for outcome in ("failed", "unpaid", "done"):
        shown.ledger.settle(shown.ledger.claim(KEY, attempt(), NOW + MINUTE), outcome, "")
    assert shown.outcomes() == ["failed", "done"]


def test_after_five_attempts_there_is_no_claim_and_every_reason_is_told(shown: Shown) -> None:
    for number in range(MOST_ATTEMPTS - 1):
        claim = shown.ledger.claim(KEY, attempt(NOW + number), NOW + MINUTE)
        shown.ledger.settle(claim, "failed", f"reason {number}")
    shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    with pytest.raises(OutOfAttempts, match=r"5 attempts: reason 0;.*reason 3; stopped before an answer"):
        shown.ledger.claim(KEY, attempt(after), after + MINUTE)


def test_the_fifth_attempt_is_waited_for(shown: Shown) -> None:
    for number in range(MOST_ATTEMPTS):
        claim = shown.ledger.claim(KEY, attempt(NOW + number), NOW + MINUTE)
        if claim.number < MOST_ATTEMPTS - 1:
            shown.ledger.settle(claim, "failed", "")
    with pytest.raises(ClaimHeld):
        shown.ledger.claim(KEY, attempt(NOW + 9), NOW + MINUTE)


@pytest.mark.parametrize("outcome", ["done", "failed", "unpaid"])
def test_an_outcome_that_comes_after_its_lease_frees_nobody_elses(shown: Shown, outcome: Any) -> None:
    late = shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    shown.ledger.claim(KEY, attempt(after), after + MINUTE)
    shown.ledger.settle(late, outcome, "late")
    assert shown.outcomes() == [outcome, None]
    with pytest.raises(ClaimHeld):
        shown.ledger.claim(KEY, attempt(after + 1), after + 2 * MINUTE)


def test_an_outcome_is_never_written_twice(shown: Shown) -> None:
    claim = shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    shown.ledger.settle(claim, "done", "")
    shown.ledger.settle(claim, "failed", "")
    assert shown.outcomes() == ["done"]


def test_a_released_claim_leaves_no_trace_and_is_the_next_ones(shown: Shown) -> None:
    shown.ledger.settle(shown.ledger.claim(KEY, attempt(), NOW + MINUTE), "done", "")
    shown.ledger.release(shown.ledger.claim(KEY, attempt(NOW + 1), NOW + MINUTE))
    assert (shown.outcomes(), shown.unpaid()) == (["done"], 0)
    assert shown.ledger.claim(KEY, attempt(NOW + 2), NOW + MINUTE).number == 1


def test_a_release_that_comes_after_its_lease_frees_nobody_elses(shown: Shown) -> None:
    late = shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    after = NOW + MINUTE + 1
    shown.ledger.claim(KEY, attempt(after), after + MINUTE)
    shown.ledger.release(late)
    with pytest.raises(ClaimHeld):
        shown.ledger.claim(KEY, attempt(after + 1), after + 2 * MINUTE)


def test_a_late_outcome_never_lands_on_another_attempt(shown: Shown) -> None:
    thrown = shown.ledger.claim(KEY, attempt(), NOW + MINUTE)
    shown.ledger.settle(thrown, "unpaid", "slow down")
    shown.ledger.claim(KEY, attempt(NOW + 5), NOW + 2 * MINUTE)
    shown.ledger.settle(thrown, "done", "told again")
    assert shown.outcomes() == [None]
