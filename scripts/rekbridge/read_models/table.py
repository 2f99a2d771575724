"""Many rows of one DynamoDB table by their keys."""

from collections.abc import Iterable, Iterator
from itertools import batched
from time import sleep
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# AWS: BatchGetItem takes a hundred keys.
MOST_KEYS = 100
PAUSE_S = 0.2

SERIALIZE, DESERIALIZE = TypeSerializer().serialize, TypeDeserializer().deserialize


def rows(dynamodb: "DynamoDBClient", table: str, keys: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """The rows that are there, in no order, as they stand at this moment; each key is asked for once."""
    once = {tuple(sorted(key.items())): key for key in keys}
    for some in batched(once.values(), MOST_KEYS):
        wanted: Any = {table: {"Keys": list(map(_typed, some)), "ConsistentRead": True}}
        while wanted:
            answer = dynamodb.batch_get_item(RequestItems=wanted)
            yield from map(_plain, answer["Responses"].get(table, []))
            if wanted := answer.get("UnprocessedKeys"):
                # AWS gives back what its capacity, or 16 MB, left over.
                sleep(PAUSE_S)


def _typed(key: dict[str, str]) -> dict[str, Any]:
    return {name: SERIALIZE(value) for name, value in key.items()}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: DESERIALIZE(value) for name, value in row.items()}
