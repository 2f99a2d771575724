"""The limits of callers in the rate limit table: one item per caller, which DynamoDB deletes when it is of no use."""

from typing import TYPE_CHECKING

from rekbridge_lambda.adapters.dynamodb.items import deserialize
from rekbridge_lambda.rate_limiting.table import update_item_if

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class CallerLimitTable:
    """One GCRA per caller; its item's key is not the caller's name, but a hash."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def advance(
        self, caller_id: str, emission_interval: int, earliest: int, latest: int, expires_at: int
    ) -> tuple[bool, int | None]:
        """Admit one request if `tat` is between two times, and move it on."""
        values = {":interval": emission_interval, ":earliest": earliest, ":latest": latest, ":expires_at": expires_at}
        change = "SET tat = tat + :interval, expires_at = :expires_at"
        return self.update_if(caller_id, change, "tat BETWEEN :earliest AND :latest", values)

    def restart(self, caller_id: str, tat: int, idle_before: int, expires_at: int) -> tuple[bool, int | None]:
        """Set `tat` where it is missing or before `idle_before`."""
        values = {":tat": tat, ":idle_before": idle_before, ":expires_at": expires_at}
        condition = "attribute_not_exists(tat) OR tat < :idle_before"
        return self.update_if(caller_id, "SET tat = :tat, expires_at = :expires_at", condition, values)

    def update_if(
        self, caller_id: str, expression: str, condition: str, values: dict[str, int]
    ) -> tuple[bool, int | None]:
        """One conditional write: whether it was made, and the `tat` after it, or the one that prevented it."""
        key = {"operation_region": f"caller/{caller_id}"}
        was_made, row = update_item_if(self.dynamodb, self.table, key, expression, condition, values)
        tat = deserialize(row).get("tat")
        return was_made, None if tat is None else int(tat)
