"""Half a minute of the benchmark's world: quota that is not used, or used twice, shows here."""

import random

import pytest
from rekbridge_lambda.domain.operations import Allowance

from tests.builders import planned
from tests.fakes import FakePaceStore
from tests.performance._strategies import ours
from tests.performance._world import Region, Simulation, Tally

QUOTA = 20.0


def half_a_minute(load: float, **true: float) -> Tally:
    """Uploads at a load of what the regions take; each is believed to take 20 calls a second."""
    random.seed(1)
    plan, store = planned("faces"), FakePaceStore()
    plan.regions.clear()
    plan.regions.update(dict.fromkeys(true, Allowance(QUOTA)))
    regions = {name: Region(lambda _, tps=tps: tps, random.Random(len(name))) for name, tps in true.items()}  # type: ignore[misc]
    rate = load * sum(true.values())
    return Simulation(ours(plan, store), 21, rate, seconds=40, seed=1, regions=regions, warm=10).run()


@pytest.fixture(scope="module")
def overload() -> Tally:
    return half_a_minute(1.3, a=QUOTA, b=QUOTA)


def test_at_more_than_full_load_all_quota_is_used(overload: Tally) -> None:
    # The benchmark asks for 0.995, of five minutes.
    assert overload.done >= 0.97 * 2 * QUOTA * 30


def test_at_more_than_full_load_nothing_is_throttled(overload: Tally) -> None:
    assert overload.throttles == 0


def test_a_slot_costs_no_more_than_two_writes_at_two_regions(overload: Tally) -> None:
    assert overload.steps <= 2 * overload.done


def test_a_quota_that_is_less_than_believed_is_found_out() -> None:
    tally = half_a_minute(1.3, a=QUOTA, b=QUOTA / 2)
    assert tally.done >= 0.97 * 1.5 * QUOTA * 30
    assert tally.throttles <= 0.05 * tally.done


def test_a_dead_region_costs_no_more_than_its_probes() -> None:
    tally = half_a_minute(0.9, a=QUOTA, b=QUOTA, c=0)
    assert tally.done >= 0.97 * tally.offered
    assert tally.errors <= 0.01 * tally.done
