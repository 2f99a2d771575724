"""Stops what makes new work before anything is deleted: INGEST, ANALYZE and SWEEP write to the staging bucket."""

import time
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.applied_state import AppliedResource, AppliedState
from rekbridge.read_models.deployment import ClientFactory
from rekbridge.support.aws_errors import GONE_CODES, get_error_code

# Lambda takes some seconds to stop receiving. Nothing depends on it: the buckets are closed, too.
STOP_TIMEOUT_S = 60.0


def stop_new_work(state: AppliedState, create_client: ClientFactory, poll_s: float = 1.0) -> None:
    """Disable the schedule and the consumers of all queues, and wait for Lambda. A deploy enables them again."""
    for rule in state.select("aws_cloudwatch_event_rule"):
        _disable_rule(create_client("events", rule.region), rule)
    mappings = [
        (create_client("lambda", mapping.region), mapping.name)
        for mapping in state.select("aws_lambda_event_source_mapping")
    ]
    stopping = [(functions, mapping) for functions, mapping in mappings if _disable_mapping(functions, mapping)]
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while (stopping := [each for each in stopping if _is_stopping(*each)]) and time.monotonic() < deadline:
        time.sleep(poll_s)


def _disable_rule(events: Any, rule: AppliedResource) -> None:
    try:
        events.disable_rule(Name=rule.name)
    except ClientError as error:
        if get_error_code(error) not in GONE_CODES:
            raise


def _disable_mapping(functions: Any, mapping: str) -> bool:
    """Return whether the mapping is still there."""
    try:
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    except ClientError as error:
        # ResourceInUseException: it is being changed or deleted already.
        if get_error_code(error) not in GONE_CODES | {"ResourceInUseException"}:
            raise
        return get_error_code(error) not in GONE_CODES
    return True


def _is_stopping(functions: Any, mapping: str) -> bool:
    try:
        return bool(functions.get_event_source_mapping(UUID=mapping)["State"] not in {"Disabled", "Deleting"})
    except ClientError as error:
        if get_error_code(error) not in GONE_CODES:
            raise
        return False
