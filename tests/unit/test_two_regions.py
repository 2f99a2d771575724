"""Which runs meet the goals of the benchmark two_regions."""

from datetime import UTC, datetime

from rekbridge.testing import RekognitionCall

from tests.performance.load.call_counts import OUTCOMES, CallCount
from tests.performance.load.run import UPLOADS, LoadProfile, LoadRun
from tests.performance.load.samples import DONE, ImageSample
from tests.performance.two_regions import ACTION, REGIONS, judge_goals

STARTED_AT, SECONDS = 1_800_000_000.0, 60
THROTTLE = "ProvisionedThroughputExceededException"


def make_call(number: int, at: float, region: str, answer: str = "ok") -> RekognitionCall:
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return RekognitionCall(str(number), when, region, ACTION, "bytes", 1000, [], answer, 20, f"image {number}")


def make_calls(per_second: int = 5) -> list[RekognitionCall]:
    """So many calls a second in each region, for a minute."""
    moments = [(at, n, region) for at in range(SECONDS + 1) for n in range(per_second) for region in REGIONS]
    return [
        make_call(number, STARTED_AT + at + n / per_second, region) for number, (at, n, region) in enumerate(moments)
    ]


def judge(calls: list[RekognitionCall]) -> dict[str, bool]:
    """Whether a run with these calls meets each goal."""
    samples = [ImageSample(STARTED_AT + SECONDS * n / (len(calls) - 1), 100, DONE) for n in range(len(calls))]
    answered = [sample for sample, call in zip(samples, calls, strict=True) if call.answer == "ok"]
    counts = [
        CallCount(datetime.fromisoformat(call.at).timestamp(), call.region, OUTCOMES[call.answer]) for call in calls
    ]
    load_run = LoadRun(LoadProfile(UPLOADS, 12, SECONDS), answered, counts)
    return {goal: is_met for goal, _, is_met in judge_goals(load_run, calls)}


def test_all_goals_are_met_when_every_region_answers_its_quota() -> None:
    assert all(judge(make_calls()).values())


def test_a_second_call_for_an_image_misses_the_goal() -> None:
    assert not judge([*make_calls(), make_call(0, STARTED_AT + 30, REGIONS[0])])["every image done once"]


def test_two_throttles_in_a_hundred_calls_miss_the_goal() -> None:
    throttled = [make_call(-n, STARTED_AT + n, REGIONS[0], THROTTLE) for n in range(1, 13)]
    assert not judge([*make_calls(), *throttled])["throttles ≤ 1% of calls"]


def test_a_region_that_answers_four_calls_instead_of_five_misses_the_goal() -> None:
    full, slow = make_calls(), make_calls(4)
    calls = [call for call in full if call.region != REGIONS[1]] + [call for call in slow if call.region == REGIONS[1]]
    goals = judge(
        [
            make_call(number, datetime.fromisoformat(call.at).timestamp(), call.region)
            for number, call in enumerate(calls)
        ]
    )
    assert [goal for goal, is_met in goals.items() if not is_met] == [f"{REGIONS[1]} within 5% of 5 a second"]
