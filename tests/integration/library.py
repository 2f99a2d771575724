"""Reads the label index and the label counts of the library table, as an application would."""

from collections import Counter

from rekbridge.testing import Stack
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import deserialize


def load_label_counts(stack: Stack, owner: str) -> dict[str, int]:
    """The number of an owner's images by label: the sum of all shards."""
    total = Counter[str]()
    for shard in range(library_rows.LABEL_SHARDS):
        for row in _query(stack, f"COUNT#{library_rows.escape_key_part(owner)}#{shard}"):
            total[row["sk"]] += int(row["images"])
    return dict(total)


def list_images_with_label(stack: Stack, owner: str, label: str) -> list[str]:
    """The ids of an owner's images that have a label."""
    shards = range(library_rows.LABEL_SHARDS)
    keys = [
        f"LABEL#{library_rows.escape_key_part(owner)}#{library_rows.escape_key_part(label)}#{shard}" for shard in shards
    ]
    return sorted(row["sk"] for key in keys for row in _query(stack, key))


def _query(stack: Stack, pk: str) -> list[dict[str, str]]:
    response = stack.client("dynamodb").query(
        TableName=stack.deployed.get_table("library"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    return [deserialize(row) for row in response["Items"]]
