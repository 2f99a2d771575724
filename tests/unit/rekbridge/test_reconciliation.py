from dataclasses import replace

from rekbridge.read_models.claims import ClaimRecord, RecordedAttempt
from rekbridge.testing import RekognitionCall
from rekbridge.testing.reconciliation import (
    CallTotal,
    TransferPath,
    find_differences,
    find_repeated_payments,
    sum_calls,
    sum_claims,
)
from rekbridge_lambda.domain.ids import ResultKey

DONE = RecordedAttempt("text", "eu-west-3", "eu-west-1", "staged", 1000, 1, "done")
UNPAID = replace(DONE, outcome="unpaid")
CALL = RekognitionCall("1", "2026-01-01T00:00:00Z", "eu-west-1", "DetectText", "staged", 1000, [], "ok", 20, "digest")
ACTIONS = {"DetectText": "text"}
PATH = TransferPath("text", "staged", "eu-west-3", "eu-west-1")


def test_attempts_on_one_path_are_summed_up() -> None:
    [total] = sum_claims(
        {}, {ResultKey("a"): ClaimRecord([DONE]), ResultKey("b"): ClaimRecord([replace(DONE, sent_bytes=500)])}
    )
    assert (total.path, total.all_runs, total.outcomes) == (PATH, CallTotal(2, 1500), {"done": 2})


def test_each_transfer_is_summed_up_on_its_own() -> None:
    totals = sum_claims(
        {}, {ResultKey("a"): ClaimRecord([DONE]), ResultKey("b"): ClaimRecord([replace(DONE, transfer="bytes")])}
    )
    assert [total.path.transfer for total in totals] == ["bytes", "staged"]


def test_earlier_attempts_do_not_count_for_this_run() -> None:
    before = {ResultKey("a"): ClaimRecord([DONE])}
    [total] = sum_claims(before, before | {ResultKey("b"): ClaimRecord([DONE])})
    assert (total.all_runs, total.this_run) == (CallTotal(2, 2000), CallTotal(1, 1000))


def test_unpaid_attempts_are_counted_with_their_bytes() -> None:
    [total] = sum_claims(
        {ResultKey("a"): ClaimRecord(unpaid=2, last_unpaid=UNPAID)},
        {ResultKey("a"): ClaimRecord([DONE], unpaid=5, last_unpaid=UNPAID)},
    )
    assert (total.this_run, total.outcomes) == (CallTotal(4, 4000), {"done": 1, "unpaid": 5})


def test_there_is_no_difference_if_every_call_is_accounted_for() -> None:
    assert find_differences(sum_claims({}, {ResultKey("a"): ClaimRecord([DONE])}), sum_calls([CALL], ACTIONS)) == []


def test_a_call_that_is_not_in_the_claims_table_is_a_difference() -> None:
    [difference] = find_differences([], sum_calls([CALL], ACTIONS))
    assert difference.startswith("text staged eu-west-1: the claims table has 0 calls")


def test_an_attempt_that_is_not_in_rekognitions_log_is_a_difference() -> None:
    assert len(find_differences(sum_claims({}, {ResultKey("a"): ClaimRecord([DONE])}), {})) == 1


def test_the_same_calls_with_other_bytes_are_a_difference() -> None:
    assert find_differences(
        sum_claims({}, {ResultKey("a"): ClaimRecord([DONE])}), sum_calls([replace(CALL, bytes=1001)], ACTIONS)
    )


def test_a_call_in_another_region_is_a_difference() -> None:
    log = sum_calls([replace(CALL, region="us-east-1")], ACTIONS)
    assert len(find_differences(sum_claims({}, {ResultKey("a"): ClaimRecord([DONE])}), log)) == 2


def test_a_call_of_an_operation_that_is_not_deployed_is_a_difference() -> None:
    [difference] = find_differences([], sum_calls([replace(CALL, operation="DetectFaces")], ACTIONS))
    assert difference.startswith("DetectFaces")


def test_a_stored_result_without_new_attempts_is_paid_once() -> None:
    claims = {ResultKey("a"): ClaimRecord([DONE])}
    assert find_repeated_payments(claims, claims) == []


def test_another_attempt_for_a_stored_result_is_a_repeated_payment() -> None:
    assert find_repeated_payments(
        {ResultKey("a"): ClaimRecord([DONE])}, {ResultKey("a"): ClaimRecord([DONE, replace(DONE, outcome="failed")])}
    ) == ["a"]


def test_two_successful_attempts_for_one_result_are_a_repeated_payment() -> None:
    assert find_repeated_payments({}, {ResultKey("a"): ClaimRecord([DONE, DONE])}) == ["a"]


def test_another_attempt_after_a_failure_is_no_repeated_payment() -> None:
    failed = replace(DONE, outcome="failed")
    assert (
        find_repeated_payments({ResultKey("a"): ClaimRecord([failed])}, {ResultKey("a"): ClaimRecord([failed, DONE])})
        == []
    )
