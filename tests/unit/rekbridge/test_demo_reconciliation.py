from dataclasses import replace

from rekbridge.demo.calls import Call
from rekbridge.demo.reconciliation import Path, Sum, differences, lines, paid_again, received
from rekbridge.read_models.ledger import Attempted, Entry

DONE = Attempted("text", "eu-west-3", "eu-west-1", "staged", 1000, 1, "done")
UNPAID = replace(DONE, outcome="unpaid")
CALL = Call("1", "eu-west-1", "DetectText", "staged", 1000, [])
ACTIONS = {"DetectText": "text"}
PATH = Path("text", "staged", "eu-west-3", "eu-west-1")


def test_attempts_of_one_way_are_summed_up() -> None:
    [line] = lines({}, {"a": Entry([DONE]), "b": Entry([replace(DONE, sent_bytes=500)])})
    assert (line.path, line.ever, line.outcomes) == (PATH, Sum(2, 1500), {"done": 2})


def test_each_way_has_a_line_of_its_own() -> None:
    told = lines({}, {"a": Entry([DONE]), "b": Entry([replace(DONE, way="bytes")])})
    assert [line.path.way for line in told] == ["bytes", "staged"]


def test_what_was_tried_before_is_not_of_this_run() -> None:
    before = {"a": Entry([DONE])}
    [line] = lines(before, before | {"b": Entry([DONE])})
    assert (line.ever, line.now) == (Sum(2, 2000), Sum(1, 1000))


def test_unpaid_attempts_are_counted_with_their_bytes() -> None:
    [line] = lines({"a": Entry(unpaid=2, last_unpaid=UNPAID)}, {"a": Entry([DONE], unpaid=5, last_unpaid=UNPAID)})
    assert (line.now, line.outcomes) == (Sum(4, 4000), {"done": 1, "unpaid": 5})


def test_every_call_accounted_for_is_no_difference() -> None:
    assert differences(lines({}, {"a": Entry([DONE])}), received([CALL], ACTIONS)) == []


def test_a_call_that_the_ledger_does_not_know_is_a_difference() -> None:
    [difference] = differences([], received([CALL], ACTIONS))
    assert difference.startswith("text staged eu-west-1: the ledger has 0 calls")


def test_an_attempt_that_never_reached_rekognition_is_a_difference() -> None:
    assert len(differences(lines({}, {"a": Entry([DONE])}), {})) == 1


def test_the_same_calls_with_other_bytes_are_a_difference() -> None:
    assert differences(lines({}, {"a": Entry([DONE])}), received([replace(CALL, bytes=1001)], ACTIONS))


def test_a_call_of_another_region_is_a_difference() -> None:
    log = received([replace(CALL, region="us-east-1")], ACTIONS)
    assert len(differences(lines({}, {"a": Entry([DONE])}), log)) == 2


def test_a_call_of_an_operation_not_deployed_is_a_difference() -> None:
    [difference] = differences([], received([replace(CALL, operation="DetectFaces")], ACTIONS))
    assert difference.startswith("DetectFaces")


def test_a_result_that_was_there_and_stays_alone_is_paid_once() -> None:
    entries = {"a": Entry([DONE])}
    assert paid_again(entries, entries) == []


def test_a_second_attempt_for_a_result_that_was_there_is_paid_again() -> None:
    assert paid_again({"a": Entry([DONE])}, {"a": Entry([DONE, replace(DONE, outcome="failed")])}) == ["a"]


def test_two_answers_to_one_question_are_paid_again() -> None:
    assert paid_again({}, {"a": Entry([DONE, DONE])}) == ["a"]


def test_trying_once_more_after_a_failure_is_not_paying_again() -> None:
    failed = replace(DONE, outcome="failed")
    assert paid_again({"a": Entry([failed])}, {"a": Entry([failed, DONE])}) == []
