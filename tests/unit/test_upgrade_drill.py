"""What the upgrade drill says about the payments of work that an upgrade interrupts."""

from rekbridge.read_models.claims import NO_OUTCOME, ClaimRecord, RecordedAttempt
from rekbridge.testing import RekognitionCall

from tests.drills.accounting import check_payments

THROTTLED = "ProvisionedThroughputExceededException"
LEASE, REPEATED = (
    "no call without a lease of its own",
    "a call was repeated only after its worker had been stopped or had waited in vain",
)


def make_claim(*outcomes: str, unpaid: int = 0) -> ClaimRecord:
    attempts = [RecordedAttempt("faces", "eu-west-3", "eu-west-1", "bytes", 9, 0, outcome) for outcome in outcomes]
    return ClaimRecord(attempts, unpaid)


def make_call(answer: str) -> RekognitionCall:
    return RekognitionCall("any", "", "eu-west-1", "DetectFaces", "bytes", 9, [], answer, 1.0, "one image")


def find_failing(claim: ClaimRecord, *answers: str) -> list[str]:
    verdicts = check_payments([claim], [make_call(answer) for answer in answers], expected=1)
    return [verdict.claim for verdict in verdicts if not verdict.holds]


def test_a_throttled_call_and_its_repetition_have_leases() -> None:
    assert find_failing(make_claim("done", unpaid=1), THROTTLED, "ok") == []


def test_a_call_may_be_repeated_that_was_not_answered_in_time() -> None:
    assert find_failing(make_claim("done", unpaid=2), THROTTLED, "ok", "ok") == []
    assert find_failing(make_claim("done", unpaid=2), THROTTLED, "Abandoned", "ok") == []


def test_a_call_may_be_repeated_whose_worker_was_stopped() -> None:
    assert find_failing(make_claim(NO_OUTCOME, "done", unpaid=1), THROTTLED, "Abandoned", "ok") == []


def test_a_call_without_a_lease_is_found() -> None:
    assert find_failing(make_claim("done"), THROTTLED, "ok") == [LEASE]


def test_an_answered_call_that_is_repeated_is_found() -> None:
    assert find_failing(make_claim("done", "failed", unpaid=1), THROTTLED, "ok", "ok") == [REPEATED]


def test_a_result_that_was_answered_twice_is_found() -> None:
    claim = make_claim("done", "done", unpaid=1)
    assert find_failing(claim, THROTTLED, "ok", "ok") == ["no result was answered twice", REPEATED]
