"""The library's index and counts, read as a sink would read them."""

from collections import Counter

from rekbridge.testing import Stack
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import plain


def counts(stack: Stack, owner: str) -> dict[str, int]:
    """How many images of an owner have each label: the sum of all shards."""
    total = Counter[str]()
    for shard in range(library_rows.LABEL_SHARDS):
        for row in _query(stack, f"COUNT#{library_rows.part(owner)}#{shard}"):
            total[row["sk"]] += int(row["images"])
    return dict(total)


def images(stack: Stack, owner: str, label: str) -> list[str]:
    """The images of an owner that have a label."""
    shards = range(library_rows.LABEL_SHARDS)
    keys = [f"LABEL#{library_rows.part(owner)}#{library_rows.part(label)}#{shard}" for shard in shards]
    return sorted(row["sk"] for key in keys for row in _query(stack, key))


def _query(stack: Stack, pk: str) -> list[dict[str, str]]:
    answer = stack.client("dynamodb").query(
        TableName=stack.deployed.table("library"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    return [plain(row) for row in answer["Items"]]
