"""Calls a second per region and action."""

from engine.quotas import Quotas

RATES = {"eu-west-1": {"DetectText": 50, "DetectLabels": 5}, "eu-central-1": {"DetectText": 5}}


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def admitted(quotas: Quotas, calls: int, region: str = "eu-west-1", action: str = "DetectText") -> int:
    return sum(quotas.take(region, action) for _ in range(calls))


def test_admits_one_second_of_the_quota_at_once() -> None:
    assert admitted(Quotas(RATES, Clock()), 200) == 50


def test_admits_exactly_the_quota_over_time() -> None:
    clock = Clock()
    quotas = Quotas(RATES, clock)
    admitted(quotas, 200)
    later = 0
    for tick in range(1, 1001):
        clock.at = tick / 100
        later += quotas.take("eu-west-1", "DetectText")
    assert later == 500


def test_saves_no_more_than_a_second() -> None:
    clock = Clock()
    quotas = Quotas(RATES, clock)
    clock.at = 3600
    assert admitted(quotas, 200) == 50


def test_regions_and_actions_do_not_share() -> None:
    quotas = Quotas(RATES, Clock())
    admitted(quotas, 200)
    assert admitted(quotas, 200, action="DetectLabels") == 5
    assert admitted(quotas, 200, region="eu-central-1") == 5
