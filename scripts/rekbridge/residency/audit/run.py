"""Runs every check of a deployment, side by side, and returns the verdicts in one order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain

from rekbridge.read_models.deployment import Deployment
from rekbridge.residency.audit import (
    bucket_outflows,
    buckets,
    functions,
    inventory,
    keys,
    log_groups,
    messaging,
    opt_out,
    staging,
    tables,
    trails,
)
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditVerdict, Check

PARALLEL_CHECKS = 8
ROOMS = (buckets, bucket_outflows, staging, messaging, tables, keys, functions, log_groups, inventory, opt_out, trails)


def create_checks(subject: AuditSubject) -> list[Check]:
    """Every check of a deployment."""
    return [check for room in ROOMS for check in room.create_checks(subject)]


def audit(
    deployed: Deployment, show: Callable[[int, int], None] = lambda *_: None, now: datetime | None = None
) -> list[AuditVerdict]:
    """Run every check. `show` gets how many of how many are done. `now` is the time that ages are measured from.

    Raises OperatorError if an earlier version deployed the stack.
    """
    checks = create_checks(AuditSubject.create(deployed, now))
    with ThreadPoolExecutor(PARALLEL_CHECKS) as pool:
        running = [pool.submit(check.run) for check in checks]
        for done, future in enumerate(running, 1):
            future.result()
            show(done, len(checks))
    return list(chain.from_iterable(future.result() for future in running))
