"""DynamoDB's typed values, and transactions that leave out what is there already."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from time import sleep
from typing import TYPE_CHECKING, Any

from rekbridge_lambda.adapters.aws import translated
from rekbridge_lambda.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

# AWS: TransactWriteItems takes 100 items.
MOST_ITEMS = 100
# AWS: reasons of a cancelled transaction that pass by themselves.
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
# Answers about one owner's images meet at a label's count; a moment later it is free again.
PAUSES_S = (0.02, 0.05, 0.1, 0.2)


def typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as DynamoDB's API wants it; attributes that are None are left out."""
    return {name: value_typed(value) for name, value in row.items() if value is not None}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of DynamoDB's API as Python values; numbers are Decimal."""
    return {name: value_plain(value) for name, value in row.items()}


def value_typed(value: Any) -> dict[str, Any]:
    """One value with its type (AWS: DynamoDB AttributeValue). Raises TypeError for what no row of ours has."""
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case Mapping():
            return {"M": {name: value_typed(one) for name, one in value.items()}}
        case list() | tuple():
            return {"L": [value_typed(one) for one in value]}
        case set() | frozenset() if value and all(isinstance(one, str) for one in value):
            return {"SS": sorted(value)}
    raise TypeError(f"no row of ours holds a {type(value).__name__}: {value!r}")


def value_plain(typed: Mapping[str, Any]) -> Any:
    """One typed value of a row of ours. Raises TypeError for a type that none has."""
    [(kind, value)] = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "NULL":
            return None
        case "N":
            return Decimal(value)
        case "M":
            return plain(value)
        case "L":
            return [value_plain(one) for one in value]
        case "SS":
            return set(value)
    raise TypeError(f"no row of ours holds a {kind}")


def write_missing(dynamodb: "DynamoDBClient", groups: Sequence[Sequence["TransactWriteItemTypeDef"]]) -> None:
    """Write groups of items in one transaction, all or nothing, but for the groups whose condition does not hold.

    Raises Unavailable when another transaction stays in the way.
    """
    left, pauses = list(groups), iter(PAUSES_S)
    while left:
        try:
            with translated():
                dynamodb.transact_write_items(TransactItems=[item for group in left for item in group])
            return
        except dynamodb.exceptions.TransactionCanceledException as error:
            codes = iter([reason["Code"] for reason in error.response["CancellationReasons"]])
            reasons = [{next(codes) for _ in group} for group in left]
            remaining = [group for group, why in zip(left, reasons, strict=True) if "ConditionalCheckFailed" not in why]
            if len(remaining) == len(left):
                if set[str | None]().union(*reasons) - PASSING - {"None"}:
                    raise
                if (pause := next(pauses, None)) is None:
                    raise Unavailable(str(error)) from error
                sleep(pause * random.uniform(0.5, 1.5))
            left = remaining
