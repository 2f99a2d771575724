"""The pace table: one item per operation and region, changed by one conditional write at a time."""

import logging
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters import metrics
from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.adapters.dynamodb.items import plain, typed
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.rate_limiting.state import Lane

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

log = logging.getLogger(__name__)

CLOSED = "attribute_not_exists(open_until)"
# AWS: BatchGetItem takes 100 keys.
MOST_KEYS = 100
TIMES = ("tat", "rate_milli", "cut_at", "open_until")

type Row = Mapping[str, Any]


class PaceTable:
    """The table does the arithmetic, so that no two workers can be given one slot."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def advance(self, operation: str, region: str, interval: int, low: int, high: int) -> tuple[bool, Lane]:
        """Take the next slot where it lies between two times, and move the lane's time on; never in an open lane."""
        values = {":interval": interval, ":low": low, ":high": high}
        condition = f"tat BETWEEN :low AND :high AND {CLOSED}"
        return self.change(operation, region, "SET tat = tat + :interval", condition, values)

    def start(self, operation: str, region: str, tat: int, low: int) -> tuple[bool, Lane]:
        """Set the time of a lane that is new, or whose time lies before `low`; never in an open lane."""
        condition = f"(attribute_not_exists(tat) OR tat < :low) AND {CLOSED}"
        return self.change(operation, region, "SET tat = :tat", condition, {":tat": tat, ":low": low})

    def cut(self, operation: str, region: str, rate_milli: int, at: int, before: int) -> Lane:
        """Write down a lower rate, unless one was written after `before`."""
        values = {":rate": rate_milli, ":at": at, ":before": before}
        condition = "attribute_not_exists(cut_at) OR cut_at < :before"
        return self.change(operation, region, "SET rate_milli = :rate, cut_at = :at", condition, values)[1]

    def open(self, operation: str, region: str, until: int, seen: int | None) -> tuple[bool, Lane]:
        """Open the breaker until a time, if it still stands as it was seen (None: closed)."""
        opened, lane = self.until(operation, region, until, seen)
        if opened:
            log.error("the breaker of %s in %s is open: the region fails or refuses", operation, region)
            metrics.count("BreakersOpened", 1)
        return opened, lane

    def probe(self, operation: str, region: str, until: int, seen: int) -> tuple[bool, Lane]:
        """Claim the one call that may try an open lane whose time is over; nobody else may before `until`."""
        return self.until(operation, region, until, seen)

    def close(self, operation: str, region: str) -> Lane:
        """The region is well again."""
        return self.change(operation, region, "REMOVE open_until", "attribute_exists(lane)", {})[1]

    def lanes(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lane]:
        """Lanes by operation and region as they are now; one that was never used is empty. Raises Unavailable."""
        found = {one: Lane() for one in keys}
        for some in batched(found, MOST_KEYS):
            asked: Any = {self.table: {"Keys": [typed(key(*one)) for one in some]}}
            with translated():
                answer = self.dynamodb.batch_get_item(RequestItems=asked)
            if answer.get("UnprocessedKeys"):
                raise Unavailable("DynamoDB left lanes of a batch unread")
            found |= {lane_of(row): read(cast("Row", row)) for row in answer["Responses"].get(self.table, [])}
        return found

    def until(self, operation: str, region: str, until: int, seen: int | None) -> tuple[bool, Lane]:
        """Set the breaker's time, if it still stands as it was seen."""
        condition, values = (CLOSED, {}) if seen is None else ("open_until = :seen", {":seen": seen})
        return self.change(operation, region, "SET open_until = :until", condition, values | {":until": until})

    def change(
        self, operation: str, region: str, expression: str, condition: str, values: dict[str, int]
    ) -> tuple[bool, Lane]:
        """One conditional write; whether it was made, and the lane after it, or as it stood in its way."""
        given: Any = {"ExpressionAttributeValues": typed(values)} if values else {}
        try:
            with translated():
                row = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=typed(key(operation, region)),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **given,
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False, read(cast("Row", error.response.get("Item", {})))
        return True, read(cast("Row", row["Attributes"]))


def key(operation: str, region: str) -> dict[str, str]:
    """A lane's item: each a partition key of its own, for the writes of one must not slow another."""
    return {"lane": f"{operation}/{region}"}


def lane_of(row: Any) -> tuple[str, str]:
    """Operation and region of a lane's item."""
    operation, _, region = plain(row)["lane"].partition("/")
    return operation, region


def read(row: Row) -> Lane:
    """The lane in an item."""
    told = plain(row)
    return Lane(**{name: int(told[name]) for name in TIMES if name in told})
