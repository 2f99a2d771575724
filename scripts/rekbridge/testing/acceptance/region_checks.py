"""One region denied: others take over, or images wait; nothing is lost, and the open circuit is visible."""

import time
from collections.abc import Callable

from rekbridge.read_models.rate_limits import REFUSED_OPEN_FOR_S, load_learned_rates
from rekbridge.testing.acceptance.denial import DeniedRegion, RegionDenial, choose_region
from rekbridge.testing.acceptance.images import IMAGES, LOOK_INTO_LOGS, require_done, wait_until_settled
from rekbridge.testing.acceptance.outcomes import StepFailed
from rekbridge.testing.acceptance.trial import AcceptanceTrial, Sample

# Images that are uploaded until the circuit opens, two at a time.
MAX_IMAGES = 40
POLL_INTERVAL_S = 0.25
# The most images of a trial: two tens, these, two more, and one for the API. Repetitions cost nothing.
MAX_UPLOADS = 2 * IMAGES + MAX_IMAGES + 2 + 1


def check_denied_region(trial: AcceptanceTrial, denial: RegionDenial, show: Callable[[str], None]) -> str:
    """Deny a region, upload until its circuit is open, and check that every image gets its results."""
    region = choose_region(trial.operations, trial.deployment.home)
    show(f"{region.name} is denied")
    denial.deny(region.name)
    try:
        samples, opened, open_s = upload_until_open(trial, region, show)
        samples += trial.upload_samples("denied", 2, first=len(samples))
        settled = wait_until_settled(trial, samples, show, except_for=region.waiting)
    finally:
        denial.allow()
    circuit = f"the circuit opened within {open_s:.0f} s"
    for status in settled[-2:]:
        # An operation whose circuit is closed may not have been refused yet: IAM applies a policy here and there first.
        for name in region.taken_over & opened:
            if status.results[name].region == region.name:
                raise StepFailed(f"{name} in another region", f"in {region.name}", "This is a defect: report it.")
    if not region.waiting:
        require_done(settled, trial.operations)
        others = sorted({status.results[name].region for status in settled[-2:] for name in region.taken_over & opened})
        return f"{region.name} denied: {circuit}; {len(samples)} images settled, the last in {', '.join(others)}"
    # The circuit of a region that refuses the account stays open for minutes, and then one probe closes it.
    recovery_s = trial.timing.settle_s + REFUSED_OPEN_FOR_S
    started = time.monotonic()
    require_done(wait_until_settled(trial, samples, show, timeout_s=recovery_s), trial.operations)
    return (
        f"{region.name} denied: {circuit}; {', '.join(sorted(region.waiting))} waited, and all {len(samples)} images "
        f"settled {time.monotonic() - started:.0f} s after the denial ended"
    )


def upload_until_open(
    trial: AcceptanceTrial,
    region: DeniedRegion,
    show: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[list[Sample], frozenset[str], float]:
    """Upload images until a circuit of the region is open. Returns them, the operations whose circuit it is, and the
    seconds until then.

    Raises StepFailed if the circuit stays closed.
    """
    samples: list[Sample] = []
    started = time.monotonic()
    while len(samples) < MAX_IMAGES:
        samples += trial.upload_samples("denied", 2, first=len(samples))
        show(f"{region.name} is denied, {len(samples)} images uploaded")
        for _ in range(round(trial.timing.pair_every_s / POLL_INTERVAL_S)):
            if opened := find_open_circuits(trial, region):
                return samples, opened, time.monotonic() - started
            sleep(POLL_INTERVAL_S)
    raise StepFailed(f"the circuit of {region.name} opens", f"it is closed after {len(samples)} images", LOOK_INTO_LOGS)


def find_open_circuits(trial: AcceptanceTrial, region: DeniedRegion) -> frozenset[str]:
    """The operations whose circuit in the region is open, as `rekbridge capacity` shows it."""
    quotas = {
        (name, region.name): float(trial.operations[name]["regions"][region.name]["tps"])
        for name in region.taken_over or region.waiting
    }
    rates = load_learned_rates(trial.deployment, quotas)
    return frozenset(name for (name, _), (_, open_s) in rates.items() if open_s > 0)
