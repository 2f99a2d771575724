"""Workers that share the rate limit of DetectFaces."""

from random import Random

from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota
from rekbridge_lambda.domain.rate_limits import QuotaShares, Reservation, TrafficClass
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.builders import HOME, make_operation
from tests.fakes import FakeClock, FakeRateLimitStore

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


def make_limiter(
    store: FakeRateLimitStore,
    now: FakeClock,
    traffic_class: TrafficClass = "workers",
    worker_share: float = 0.5,
    seed: int = 7,
) -> RegionRateLimiter:
    """The rate limiter of another worker, or of a process of the API, at the same store."""
    return RegionRateLimiter(HOME, traffic_class, QuotaShares(worker_share), store, now, Random(seed).random)


def make_faces_operation(weights: dict[str, float] | None = None, **regions: float) -> DeployedOperation:
    """DetectFaces with these quotas in calls a second; a region is given as a keyword (`eu_west_1=10`)."""
    quotas = {name.replace("_", "-"): tps for name, tps in regions.items()} or {IRELAND: 10}
    operation = make_operation("faces")
    operation.regions.clear()
    operation.regions.update({name: RegionQuota(tps, (weights or {}).get(name, 1)) for name, tps in quotas.items()})
    return operation


def reserve_all(worker: RegionRateLimiter, operation: DeployedOperation) -> list[Reservation]:
    """Reserve calls until every region is full."""
    reservations = []
    while True:
        try:
            reservations.append(worker.reserve(operation))
        except Throttled:
            return reservations


def try_reserve(worker: RegionRateLimiter, operation: DeployedOperation) -> list[Reservation]:
    """One reservation, or none when every region is full."""
    try:
        return [worker.reserve(operation)]
    except Throttled:
        return []


def report_failures(worker: RegionRateLimiter, operation: DeployedOperation, times: int) -> None:
    """Reserve calls, and report for each that its region did not answer."""
    for _ in range(times):
        worker.report_failure(worker.reserve(operation))
