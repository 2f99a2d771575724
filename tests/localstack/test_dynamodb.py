"""DynamoDB in a real LocalStack: the installed DynamoDB Local behind LocalStack's own provider."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.localstack.localstack_process import LocalStack


@pytest.fixture
def dynamodb(localstack: LocalStack) -> Any:
    return localstack.client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> Iterator[str]:
    name = f"t-{uuid4().hex[:8]}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    yield name
    dynamodb.delete_table(TableName=name)


def test_a_failed_condition_returns_the_old_item(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "tat": {"N": "5"}})
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refusal:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "a"}},
            UpdateExpression="SET tat = tat + :one",
            ConditionExpression="tat BETWEEN :low AND :high",
            ExpressionAttributeValues={":one": {"N": "1"}, ":low": {"N": "6"}, ":high": {"N": "9"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.value.response["Item"] == {"pk": {"S": "a"}, "tat": {"N": "5"}}


def test_a_cancelled_transaction_names_its_failed_conditions_and_writes_nothing(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}})
    puts = [
        {"Put": {"TableName": table, "Item": {"pk": {"S": key}}, "ConditionExpression": "attribute_not_exists(pk)"}}
        for key in ("a", "b")
    ]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refusal:
        dynamodb.transact_write_items(TransactItems=puts)
    codes = [reason["Code"] for reason in refusal.value.response["CancellationReasons"]]
    assert (codes, dynamodb.scan(TableName=table)["Count"]) == (["ConditionalCheckFailed", "None"], 1)


def test_deleting_a_sets_last_member_deletes_the_attribute(dynamodb: Any, table: str) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "pending": {"SS": ["text"]}})
    response = dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": "a"}},
        UpdateExpression="DELETE pending :done",
        ExpressionAttributeValues={":done": {"SS": ["text"]}},
        ReturnValues="ALL_NEW",
    )
    assert response["Attributes"] == {"pk": {"S": "a"}}


def test_regions_are_separate(dynamodb: Any, table: str, localstack: LocalStack) -> None:
    import boto3

    other_region = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url=f"http://127.0.0.1:{localstack.port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    assert table not in other_region.list_tables()["TableNames"]
