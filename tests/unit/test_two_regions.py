"""When two_regions says that a goal is met, and when not."""

from datetime import UTC, datetime

from rekbridge.testing import Call

from tests.performance.load.run import UPLOADS, Load, Ran
from tests.performance.load.samples import DONE, Sample
from tests.performance.load.seen import ANSWERS, Seen
from tests.performance.two_regions import ACTION, REGIONS, goals

BEGAN, SECONDS = 1_800_000_000.0, 60
THROTTLE = "ProvisionedThroughputExceededException"


def call(number: int, at: float, region: str, answer: str = "ok") -> Call:
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return Call(str(number), when, region, ACTION, "bytes", 1000, [], answer, 20, f"image {number}")


def calls(by_second: int = 5) -> list[Call]:
    """So many a second in each region, for a minute."""
    places = [(at, n, region) for at in range(SECONDS + 1) for n in range(by_second) for region in REGIONS]
    return [call(number, BEGAN + at + n / by_second, region) for number, (at, n, region) in enumerate(places)]


def met(calls: list[Call]) -> dict[str, bool]:
    sent = [Sample(BEGAN + SECONDS * n / (len(calls) - 1), 100, DONE) for n in range(len(calls))]
    seen = [Seen(datetime.fromisoformat(one.at).timestamp(), one.region, ANSWERS[one.answer]) for one in calls]
    answered = [sample for sample, one in zip(sent, calls, strict=True) if one.answer == "ok"]
    return {goal: reached for goal, _, reached in goals(Ran(Load(UPLOADS, 12, SECONDS), answered, seen), calls)}


def test_all_is_met_where_every_region_gives_its_quota() -> None:
    assert all(met(calls()).values())


def test_an_image_that_is_asked_about_twice_is_told() -> None:
    assert not met([*calls(), call(0, BEGAN + 30, REGIONS[0])])["every image done once"]


def test_two_throttles_in_a_hundred_calls_are_too_many() -> None:
    many = [call(-n, BEGAN + n, REGIONS[0], THROTTLE) for n in range(1, 13)]
    assert not met([*calls(), *many])["throttles ≤ 1% of calls"]


def test_a_region_that_gives_four_of_five_is_told() -> None:
    less = [one for one in calls() if one.region != REGIONS[1]] + [one for one in calls(4) if one.region == REGIONS[1]]
    told = met(
        [call(number, datetime.fromisoformat(one.at).timestamp(), one.region) for number, one in enumerate(less)]
    )
    assert [goal for goal, reached in told.items() if not reached] == [f"{REGIONS[1]} within 5% of 5 a second"]
