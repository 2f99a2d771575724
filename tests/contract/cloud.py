"""AWS emulated in this process by moto: clients of the home region, and resources that one test uses."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.session import Session
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from rekbridge_lambda.adapters.aws import AwsClients

from tests.builders import HOME

name_numbers = count()
# Creates clients with the settings that the Lambda functions use.
AWS = AwsClients(Session())


@dataclass
class Cloud:
    """Clients of the home region; creates resources in it, each with a name of its own."""

    clients: dict[str, Any] = field(default_factory=dict)

    tables: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = AWS.create(service, HOME)
            self.clients[service].meta.events.register("provide-client-params.dynamodb.*", reject_reserved_words)
        return self.clients[service]

    def delete_tables(self) -> None:
        """Deletes the tables of one test: moto copies every table for each transaction."""
        while self.tables:
            self.client("dynamodb").delete_table(TableName=self.tables.pop())

    def create_bucket(self, versioned: bool = False) -> str:
        name = f"bucket-{next(name_numbers)}"
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
        if versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def create_queue(self) -> str:
        return str(self.client("sqs").create_queue(QueueName=f"queue-{next(name_numbers)}")["QueueUrl"])

    def receive_bodies(self, queue: str) -> list[str]:
        """Receives all visible messages of a queue. Returns their bodies."""
        sqs, bodies = self.client("sqs"), list[str]()
        while batch := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in batch]
        return bodies

    def create_secret(self, text: str = "the secret of the ids in contract tests") -> str:
        """A secret as modules/secret creates it. Returns its name."""
        name = f"ids-{next(name_numbers)}"
        self.client("secretsmanager").create_secret(Name=name, SecretString=text)
        return name

    def create_library_table(self) -> str:
        """The table that modules/home/library.tf describes."""
        return self.create_table(
            {"pk": "S", "sk": "S", "due_shard": "S", "due_at": "N"},
            ["pk", "sk"],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": build_key_schema("due_shard", "due_at"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def create_claims_table(self) -> str:
        return self.create_table({"pk": "S"}, ["pk"])

    def create_rate_limit_table(self) -> str:
        return self.create_table({"operation_region": "S"}, ["operation_region"])

    def create_table(self, types: dict[str, str], key: list[str], **optional: Any) -> str:
        name = f"table-{next(name_numbers)}"
        self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": type} for name, type in types.items()],
            KeySchema=build_key_schema(*key),
            **optional,
        )
        self.tables.append(name)
        return name

    def scan_table(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table, with DynamoDB's type descriptors."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return [row for page in pages for row in page["Items"]]


RESERVED = set(ReservedKeywords.get_reserved_keywords())
SYNTAX = {"SET", "ADD", "DELETE", "REMOVE", "AND", "BETWEEN", "OR", "SIZE"}


def reject_reserved_words(params: dict[str, Any], **_: Any) -> None:
    """Fails when an expression uses a reserved word as a name: DynamoDB refuses all of them, moto only some."""
    requests = [params, *(request for item in params.get("TransactItems", []) for request in item.values())]
    for request in requests:
        text = " ".join(value for name, value in request.items() if name.endswith("Expression"))
        names = {word.upper() for word in re.findall(r"(?<![:#\w])[A-Za-z_]+", text)}
        assert not (names - SYNTAX) & RESERVED, text


def build_key_schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ["HASH", "RANGE"], strict=False)]
