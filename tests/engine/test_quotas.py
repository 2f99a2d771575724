"""Quotas in calls per second, by region and action."""

import pytest
from rekbridge_engine.quotas import QuotaEnforcer

DEFAULT_TPS = {"eu-west-1": {"DetectText": 50, "DetectLabels": 5}, "eu-central-1": {"DetectText": 5}}


class ManualClock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def count_admitted(quotas: QuotaEnforcer, calls: int, region: str = "eu-west-1", action: str = "DetectText") -> int:
    return sum(quotas.try_take(region, action) for _ in range(calls))


def test_burst_of_one_second_is_admitted() -> None:
    assert count_admitted(QuotaEnforcer(DEFAULT_TPS, ManualClock()), 200) == 50


def test_exactly_the_quota_is_admitted_over_time() -> None:
    clock = ManualClock()
    quotas = QuotaEnforcer(DEFAULT_TPS, clock)
    count_admitted(quotas, 200)
    admitted = 0
    for tick in range(1, 1001):
        clock.at = tick / 100
        admitted += quotas.try_take("eu-west-1", "DetectText")
    assert admitted == 500


def test_bucket_holds_at_most_one_second() -> None:
    clock = ManualClock()
    quotas = QuotaEnforcer(DEFAULT_TPS, clock)
    clock.at = 3600
    assert count_admitted(quotas, 200) == 50


def test_regions_and_actions_have_separate_buckets() -> None:
    quotas = QuotaEnforcer(DEFAULT_TPS, ManualClock())
    count_admitted(quotas, 200)
    assert count_admitted(quotas, 200, action="DetectLabels") == 5
    assert count_admitted(quotas, 200, region="eu-central-1") == 5


def test_quota_change_applies_at_once_until_reset() -> None:
    quotas = QuotaEnforcer(DEFAULT_TPS, ManualClock())
    quotas.set_quota("eu-west-1", "DetectText", 7)
    assert count_admitted(quotas, 200) == 7
    quotas.reset()
    assert count_admitted(quotas, 200) == 50


def test_quota_of_an_operation_the_region_lacks_cannot_be_set() -> None:
    with pytest.raises(ValueError, match="region 'eu-central-1' has no operation 'DetectLabels'"):
        QuotaEnforcer(DEFAULT_TPS, ManualClock()).set_quota("eu-central-1", "DetectLabels", 5)


def test_quota_below_one_call_per_second_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        QuotaEnforcer(DEFAULT_TPS, ManualClock()).set_quota("eu-west-1", "DetectText", 0.5)


@pytest.mark.parametrize("tps", [float("inf"), float("nan"), 10**400, True, None, "5"], ids=lambda tps: str(tps)[:9])
def test_quota_that_is_no_number_is_refused(tps: float) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        QuotaEnforcer(DEFAULT_TPS, ManualClock()).set_quota("eu-west-1", "DetectText", tps)
