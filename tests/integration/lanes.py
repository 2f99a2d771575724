"""The pace table as tests see and set it: what the workers have learned of one operation in one region."""

from time import time
from typing import Any

from rekbridge.testing import Stack, until
from rekbridge_lambda.rate_limiting.state import SECOND, Lane
from rekbridge_lambda.rate_limiting.table import PaceTable

# The functions that take slots. Each remembers every lane as it saw it last, so that only a new start forgets.
TAKERS = ("analyze", "api")


def lane(stack: Stack, operation: str, region: str) -> Lane:
    """One lane as it is now."""
    return table(stack).lanes([(operation, region)])[operation, region]


def left_alone_for(stack: Stack, operation: str, region: str) -> float:
    """Seconds until the breaker lets a probe through; nothing where it is closed."""
    until = lane(stack, operation, region).open_until
    return 0 if until is None else max(0, until / SECOND - time())


def pass_by(stack: Stack, operation: str) -> None:
    """As if the time were over for which this operation's breakers are open: the next call may be a probe."""
    for region in stack.deployed.told["operations"][operation]["regions"]:
        if seen := lane(stack, operation, region).open_until:
            table(stack).probe(operation, region, until=round(time() * SECOND), seen=seen)
    restart(stack)


def forget(stack: Stack) -> None:
    """Take away what faults have taught about the operations that every image goes through."""
    told = stack.deployed.told["operations"]
    keys = [(operation, region) for operation, row in told.items() for region in row["regions"]]
    lanes = table(stack).lanes(keys)
    spoiled = [key for key, found in lanes.items() if found.open_until or found.cut_at]
    for operation, region in spoiled:
        stack.client("dynamodb").delete_item(
            TableName=stack.deployed.table("pace"), Key={"lane": {"S": f"{operation}/{region}"}}
        )
    if spoiled:
        restart(stack)


def restart(stack: Stack) -> None:
    """Start the functions that take slots anew, by an update that changes nothing."""
    functions, names = stack.client("lambda"), [stack.deployed.told["functions"][short] for short in TAKERS]

    def now() -> list[dict[str, Any]]:
        return [functions.get_function_configuration(FunctionName=name) for name in names]

    for found in now():
        functions.update_function_configuration(FunctionName=found["FunctionName"], Timeout=found["Timeout"])
    until(lambda: {found["LastUpdateStatus"] for found in now()} == {"Successful"}, "they are updated")


def table(stack: Stack) -> PaceTable:
    """The workers' own view of it."""
    return PaceTable(stack.client("dynamodb"), stack.deployed.table("pace"))
