"""DynamoDB's typed values, and transactions that skip what exists already."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from time import sleep
from typing import TYPE_CHECKING, Any

from rekbridge_lambda.adapters.aws import map_aws_errors
from rekbridge_lambda.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

# AWS: TransactWriteItems accepts 100 items.
MAX_TRANSACTION_ITEMS = 100
# AWS: reasons of a cancelled transaction that are temporary.
RETRYABLE_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
# Results about one owner's images conflict at a label's count, which is free again a moment later.
PAUSES_S = (0.02, 0.05, 0.1, 0.2)


def serialize(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in the form of DynamoDB's API; attributes that are None are left out."""
    return {name: serialize_value(value) for name, value in row.items() if value is not None}


def deserialize(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of DynamoDB's API as Python values; numbers are Decimal."""
    return {name: deserialize_value(value) for name, value in row.items()}


def serialize_value(value: Any) -> dict[str, Any]:
    """One value with its type (AWS: DynamoDB AttributeValue). Raises TypeError for a type that no row has."""
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
            return {"M": {name: serialize_value(one) for name, one in value.items()}}
        case list() | tuple():
            return {"L": [serialize_value(one) for one in value]}
        case set() | frozenset() if value and all(isinstance(one, str) for one in value):
            return {"SS": sorted(value)}
    raise TypeError(f"no row of Rekbridge has a {type(value).__name__}: {value!r}")


def deserialize_value(typed: Mapping[str, Any]) -> Any:
    """One typed value as a Python value. Raises TypeError for a type that no row has."""
    [(kind, value)] = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "NULL":
            return None
        case "N":
            return Decimal(value)
        case "M":
            return deserialize(value)
        case "L":
            return [deserialize_value(one) for one in value]
        case "SS":
            return set(value)
    raise TypeError(f"no row of Rekbridge has a {kind}")


def put_if_absent(dynamodb: "DynamoDBClient", groups: Sequence[Sequence["TransactWriteItemTypeDef"]]) -> None:
    """Write groups of items in one transaction, all or nothing, without the groups whose condition does not hold.

    Raises Unavailable when another transaction keeps conflicting.
    """
    pending, pauses = list(groups), iter(PAUSES_S)
    while pending:
        try:
            with map_aws_errors():
                dynamodb.transact_write_items(TransactItems=[item for group in pending for item in group])
            return
        except dynamodb.exceptions.TransactionCanceledException as error:
            codes = iter([reason["Code"] for reason in error.response["CancellationReasons"]])
            reasons = [{next(codes) for _ in group} for group in pending]
            remaining = [
                group for group, why in zip(pending, reasons, strict=True) if "ConditionalCheckFailed" not in why
            ]
            if len(remaining) == len(pending):
                if set[str | None]().union(*reasons) - RETRYABLE_REASONS - {"None"}:
                    raise
                if (pause := next(pauses, None)) is None:
                    raise Unavailable("other transactions on the same items keep coming first") from error
                sleep(pause * random.uniform(0.5, 1.5))
            pending = remaining
