"""Reads and changes the rate limit table: what the workers have learned about one operation in one region."""

from time import time
from typing import Any

from rekbridge.testing import Stack, wait_until
from rekbridge_lambda.domain.rate_limits import RateLimitState
from rekbridge_lambda.rate_limiting.gcra import SECOND
from rekbridge_lambda.rate_limiting.table import RateLimitTable

# The functions that reserve calls. Each caches the states that it has read until it is restarted.
RATE_LIMITED_FUNCTIONS = ("analyze", "api")


def load_state(stack: Stack, operation: str, region: str) -> RateLimitState:
    """The current state of one operation in one region."""
    return open_table(stack).load_states([(operation, region)])[operation, region]


def get_seconds_to_probe(stack: Stack, operation: str, region: str) -> float:
    """Seconds until the circuit breaker allows a probe; 0 if the circuit is closed."""
    open_until = load_state(stack, operation, region).open_until
    return 0 if open_until is None else max(0, open_until / SECOND - time())


def expire_open_circuits(stack: Stack, operation: str) -> None:
    """Make this operation's open circuits half-open now: the next call may be a probe."""
    for region in stack.deployed.outputs["operations"][operation]["regions"]:
        if open_until := load_state(stack, operation, region).open_until:
            open_table(stack).claim_probe(operation, region, until=round(time() * SECOND), expected=open_until)
    restart_functions(stack)


def reset_rate_limits(stack: Stack) -> None:
    """Delete what faults have changed in the states of the operations that run on every image."""
    operations = stack.deployed.outputs["operations"]
    keys = [(operation, region) for operation, row in operations.items() for region in row["regions"]]
    states = open_table(stack).load_states(keys)
    changed = [key for key, state in states.items() if state.open_until or state.decreased_at]
    for operation, region in changed:
        stack.client("dynamodb").delete_item(
            TableName=stack.deployed.get_table("rate_limit"), Key={"operation_region": {"S": f"{operation}/{region}"}}
        )
    if changed:
        restart_functions(stack)


def restart_functions(stack: Stack) -> None:
    """Restart the functions that reserve calls, by an update that changes nothing."""
    functions = stack.client("lambda")
    names = [stack.deployed.outputs["functions"][name] for name in RATE_LIMITED_FUNCTIONS]

    def get_configurations() -> list[dict[str, Any]]:
        return [functions.get_function_configuration(FunctionName=name) for name in names]

    for row in get_configurations():
        functions.update_function_configuration(FunctionName=row["FunctionName"], Timeout=row["Timeout"])
    wait_until(lambda: {row["LastUpdateStatus"] for row in get_configurations()} == {"Successful"}, "functions restart")


def open_table(stack: Stack) -> RateLimitTable:
    """The table, through the workers' own adapter."""
    return RateLimitTable(stack.client("dynamodb"), stack.deployed.get_table("rate_limit"))
