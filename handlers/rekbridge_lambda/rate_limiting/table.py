"""The rate limit table: one item per operation and region, changed by one conditional write at a time."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.rate_limits import RateLimitState, TrafficClass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

log = logging.getLogger(__name__)

CIRCUIT_CLOSED = "attribute_not_exists(open_until)"
# AWS: BatchGetItem takes 100 keys.
MAX_BATCH_KEYS = 100
STATE_ATTRIBUTES = ("workers_tat", "api_tat", "rate_milli", "decreased_at", "open_until")

type RateLimitRow = Mapping[str, Any]
type Updated = tuple[bool, RateLimitState]


class RateLimitTable:
    """The table does the arithmetic, so that no two workers can reserve the same call.

    `metrics` counts the circuits that are opened; who only reads states needs none.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, metrics: EmbeddedMetrics | None = None) -> None:
        self.dynamodb, self.table, self.metrics = dynamodb, table, metrics

    def advance(
        self, operation: str, region: str, share_of: TrafficClass, emission_interval: int, earliest: int, latest: int
    ) -> Updated:
        """Reserve the next call of a share if its `tat` is between two times, and move it on; never while the circuit
        is open.
        """
        tat = f"{share_of}_tat"
        values = {":interval": emission_interval, ":earliest": earliest, ":latest": latest}
        condition = f"{tat} BETWEEN :earliest AND :latest AND {CIRCUIT_CLOSED}"
        return self.update_if(operation, region, f"SET {tat} = {tat} + :interval", condition, values)

    def restart(self, operation: str, region: str, share_of: TrafficClass, tat: int, idle_before: int) -> Updated:
        """Set the `tat` of a share where it is missing or before `idle_before`; never while the circuit is open."""
        name, values = f"{share_of}_tat", {":tat": tat, ":idle_before": idle_before}
        condition = f"(attribute_not_exists({name}) OR {name} < :idle_before) AND {CIRCUIT_CLOSED}"
        return self.update_if(operation, region, f"SET {name} = :tat", condition, values)

    def decrease_rate(self, operation: str, region: str, rate_milli: int, at: int, last_before: int) -> RateLimitState:
        """Store a lower rate, unless one was stored after `last_before`."""
        values = {":rate": rate_milli, ":at": at, ":last_before": last_before}
        condition = "attribute_not_exists(decreased_at) OR decreased_at < :last_before"
        return self.update_if(operation, region, "SET rate_milli = :rate, decreased_at = :at", condition, values)[1]

    def open_circuit(self, operation: str, region: str, until: int, expected: int | None) -> Updated:
        """Open the circuit until a time, if `open_until` is still the expected one (None: closed)."""
        was_opened, state = self.set_open_until(operation, region, until, expected)
        if was_opened:
            log.error(
                "circuit breaker of %s in %s is open until %s: the region failed three times or denied access; "
                "calls go to other allowed regions, or wait",
                operation,
                region,
                datetime.fromtimestamp(until / 1_000_000, UTC).isoformat(timespec="seconds"),
            )
            if self.metrics:
                self.metrics.emit_counts({"CircuitsOpened": 1})
        return was_opened, state

    def claim_probe(self, operation: str, region: str, until: int, expected: int) -> Updated:
        """Claim the one call that may probe a half-open circuit; nobody else may before `until`."""
        return self.set_open_until(operation, region, until, expected)

    def close_circuit(self, operation: str, region: str) -> RateLimitState:
        """The region works again."""
        return self.update_if(operation, region, "REMOVE open_until", "attribute_exists(operation_region)", {})[1]

    def load_states(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], RateLimitState]:
        """Current states by operation and region; one that was never used is empty. Raises Unavailable."""
        states = {key: RateLimitState() for key in keys}
        for batch in batched(states, MAX_BATCH_KEYS):
            request: Any = {self.table: {"Keys": [serialize(make_key(*key)) for key in batch]}}
            with map_aws_errors():
                response = self.dynamodb.batch_get_item(RequestItems=request)
            if response.get("UnprocessedKeys"):
                raise Unavailable(f"DynamoDB throttled a read of {len(batch)} items of {self.table}")
            rows = cast("list[RateLimitRow]", response["Responses"].get(self.table, []))
            states |= {parse_key(row): parse_state(row) for row in rows}
        return states

    def set_open_until(self, operation: str, region: str, open_until: int, expected: int | None) -> Updated:
        """Set the time until which the circuit is open, if it is still the expected one."""
        condition, values = (
            (CIRCUIT_CLOSED, {}) if expected is None else ("open_until = :expected", {":expected": expected})
        )
        return self.update_if(operation, region, "SET open_until = :until", condition, values | {":until": open_until})

    def update_if(
        self, operation: str, region: str, expression: str, condition: str, values: dict[str, int]
    ) -> Updated:
        """One conditional write: whether it was made, and the state after it, or the state that prevented it."""
        key = make_key(operation, region)
        was_made, row = update_item_if(self.dynamodb, self.table, key, expression, condition, values)
        return was_made, parse_state(row)


def update_item_if(
    dynamodb: "DynamoDBClient",
    table: str,
    key: Mapping[str, str],
    expression: str,
    condition: str,
    values: Mapping[str, int],
) -> tuple[bool, RateLimitRow]:
    """One conditional write: whether it was made, and the item after it, or the item that prevented it."""
    optional: Any = {"ExpressionAttributeValues": serialize(values)} if values else {}
    try:
        with map_aws_errors():
            response = dynamodb.update_item(
                TableName=table,
                Key=serialize(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **optional,
            )
    except ClientError as error:
        if get_error_code(error) != "ConditionalCheckFailedException":
            raise
        return False, cast("RateLimitRow", error.response.get("Item", {}))
    return True, cast("RateLimitRow", response["Attributes"])


def make_key(operation: str, region: str) -> dict[str, str]:
    """The item's key: one partition per operation and region, so that their writes do not slow each other."""
    return {"operation_region": f"{operation}/{region}"}


def parse_key(row: RateLimitRow) -> tuple[str, str]:
    """Operation and region of an item."""
    operation, _, region = str(deserialize(row)["operation_region"]).partition("/")
    return operation, region


def parse_state(row: RateLimitRow) -> RateLimitState:
    """The state in an item."""
    values = deserialize(row)
    return RateLimitState(**{name: int(values[name]) for name in STATE_ATTRIBUTES if name in values})
