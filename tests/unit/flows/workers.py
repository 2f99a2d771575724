"""Workers that share the pace of DetectFaces."""

from random import Random

from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.operations import Allowance, Planned
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import Slot

from tests.builders import HOME, planned
from tests.fakes import FakeClock, FakePaceStore

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


def another(store: FakePaceStore, now: FakeClock, ahead: int = state.WORKER_AHEAD, seed: int = 7) -> SharedPace:
    """One more worker at the same store."""
    return SharedPace(HOME, ahead, store, now, Random(seed).random)


def faces(weights: dict[str, float] | None = None, **regions: float) -> Planned:
    """DetectFaces with so many calls a second in these regions."""
    given = {name.replace("_", "-"): tps for name, tps in regions.items()} or {IRELAND: 10}
    plan = planned("faces")
    plan.regions.clear()
    plan.regions.update({name: Allowance(tps, (weights or {}).get(name, 1)) for name, tps in given.items()})
    return plan


def all_slots(worker: SharedPace, plan: Planned) -> list[Slot]:
    """Every slot there is now."""
    slots = []
    while True:
        try:
            slots.append(worker.place(plan))
        except Throttled:
            return slots


def take(worker: SharedPace, plan: Planned) -> list[Slot]:
    """A slot, if there is one."""
    try:
        return [worker.place(plan)]
    except Throttled:
        return []


def fail(worker: SharedPace, plan: Planned, times: int) -> None:
    """Calls that get no answer."""
    for _ in range(times):
        worker.failed(worker.place(plan))
