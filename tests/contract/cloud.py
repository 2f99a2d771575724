"""AWS in this process, by moto: clients of the home region, and things made in it for one test each."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from rekbridge_lambda.adapters import aws

from tests.builders import HOME

numbers = count()


@dataclass
class Cloud:
    """Clients of the home region, and things made in it for one test each."""

    clients: dict[str, Any] = field(default_factory=dict)

    tables: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = aws.client(service, HOME)
            self.clients[service].meta.events.register("provide-client-params.dynamodb.*", no_reserved_words)
        return self.clients[service]

    def forget_tables(self) -> None:
        """moto copies every table for each transaction."""
        while self.tables:
            self.client("dynamodb").delete_table(TableName=self.tables.pop())

    def bucket(self, versioned: bool = False) -> str:
        name = f"bucket-{next(numbers)}"
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def queue(self) -> str:
        return str(self.client("sqs").create_queue(QueueName=f"queue-{next(numbers)}")["QueueUrl"])

    def bodies(self, queue: str) -> list[str]:
        """Every message in a queue."""
        sqs, found = self.client("sqs"), list[str]()
        while batch := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in batch]
        return found

    def library(self) -> str:
        """A table as modules/home/library.tf makes it."""
        return self.table(
            {"pk": "S", "sk": "S", "due_shard": "S", "due_at": "N"},
            ["pk", "sk"],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": keys("due_shard", "due_at"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def ledger(self) -> str:
        return self.table({"pk": "S"}, ["pk"])

    def pace(self) -> str:
        return self.table({"lane": "S"}, ["lane"])

    def table(self, types: dict[str, str], key: list[str], **more: Any) -> str:
        name = f"table-{next(numbers)}"
        self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": type} for name, type in types.items()],
            KeySchema=keys(*key),
            **more,
        )
        self.tables.append(name)
        return name

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, typed as DynamoDB has it."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return [row for page in pages for row in page["Items"]]


RESERVED = set(ReservedKeywords.get_reserved_keywords())
SYNTAX = {"SET", "ADD", "DELETE", "REMOVE", "AND", "BETWEEN", "OR", "SIZE"}


def no_reserved_words(params: dict[str, Any], **_: Any) -> None:
    """Look through a request's expressions: moto takes some attribute names that DynamoDB does not."""
    requests = [params, *(request for item in params.get("TransactItems", []) for request in item.values())]
    for request in requests:
        text = " ".join(value for name, value in request.items() if name.endswith("Expression"))
        named = {word.upper() for word in re.findall(r"(?<![:#\w])[A-Za-z_]+", text)}
        assert not (named - SYNTAX) & RESERVED, text


def keys(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ["HASH", "RANGE"], strict=False)]
