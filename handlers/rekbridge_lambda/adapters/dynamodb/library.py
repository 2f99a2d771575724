"""The library table: sources, images, runs, results, labels and their counts."""

from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import MOST_ITEMS, plain, typed, write_missing
from rekbridge_lambda.domain.errors import Unavailable, UnreadableMessage
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

NEW = "attribute_not_exists(pk)"


class LibraryTable:
    """Every write is conditional or repeatable: a message twice changes nothing."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def source(self, upload: Upload) -> Source | None:
        """What is known of this key and version."""
        row = self.get(library_rows.source_key(upload))
        return Source(upload, *(row.get(name) for name in ("image", "run", "code", "reason"))) if row else None

    def readings(self, upload: Upload, more: int) -> int:
        """Add to the count of a source's readings that have not ended; admitted or refused, its row loses the count."""
        with translated():
            answer = self.dynamodb.update_item(
                TableName=self.table,
                Key=typed(library_rows.source_key(upload)),
                UpdateExpression="ADD readings :more",
                ExpressionAttributeValues=typed({":more": more}),
                ReturnValues="UPDATED_NEW",
            )
        return int(plain(answer["Attributes"])["readings"])

    def refuse(self, source: Source) -> None:
        """Keep the reason why a source has no image; a source that got one before keeps its image."""
        write_missing(self.dynamodb, [[self.put(library_rows.source(source), "attribute_not_exists(image)")]])

    def admit(self, source: Source, image: Image, run: Run) -> Run:
        """Store source, image and run, those of them that are not there yet; the run as it now stands."""
        self.reopen(run)
        groups = [
            [self.put(library_rows.source(source)), self.put(library_rows.image_source(source))],
            [self.put(library_rows.image(image), NEW)],
            [self.put(library_rows.run(run), NEW)],
            *([self.failure(library_rows.refusal(run, operation))] for operation in run.refused),
        ]
        write_missing(self.dynamodb, groups)
        return self.known(run.id)

    def reopen(self, run: Run) -> None:
        """Where the run was there, what ended without an answer is pending again."""
        before = self.run(run.id)
        if before and before.ended:
            values = {":ended": set(before.ended), ":shard": library_rows.due_shard(run.id), ":at": run.due_at}
            again = "ADD pending :ended SET due_shard = :shard, due_at = :at REMOVE ended"
            self.change(run, again, "ended = :ended", values)

    def run(self, run: str) -> Run | None:
        """One run, as it stands at this moment."""
        row = self.get(library_rows.run_key(run))
        return library_rows.read_run(row) if row else None

    def runs(self, runs: Iterable[str]) -> dict[str, Run]:
        """Many runs by their id, a hundred a call."""
        found: dict[str, Run] = {}
        for some in batched(sorted(runs), 100):
            with translated():
                answer = self.dynamodb.batch_get_item(
                    RequestItems={self.table: {"Keys": [typed(library_rows.run_key(run)) for run in some]}}
                )
            if answer.get("UnprocessedKeys"):
                raise Unavailable("DynamoDB left keys of a batch unread")
            found |= {
                run.id: run for row in answer["Responses"][self.table] if (run := library_rows.read_run(plain(row)))
            }
        return found

    def record(self, answered: Answered, result: Result, labels: list[str], seen: list[str], at: int) -> Run:
        """Labels with their counts first, fifty a transaction; then the result, which ends the operation."""
        # Before anything is counted: an answer for a run that is no more must leave nothing behind.
        self.known(answered.run)
        # A label is two items: its row and its count.
        for some in batched(labels, MOST_ITEMS // 2):
            write_missing(self.dynamodb, [self.labelled(answered, label) for label in some])
        write_missing(self.dynamodb, [[self.taken_off(answered)], [self.answer(answered, result, seen, at)]])
        return self.known(answered.run)

    def close(self, run: Run) -> None:
        """The run is done: SWEEP need not look at it again."""
        self.change(run, "REMOVE due_shard, due_at", "attribute_exists(pk) AND attribute_not_exists(pending)", {})

    def due(self, at: int, most: int) -> list[Run]:
        """Runs not closed whose `due_at` lies before a time, the longest waiting of each shard, by that time."""
        found: list[Run] = []
        for shard in library_rows.SHARDS:
            with translated():
                answer = self.dynamodb.query(
                    TableName=self.table,
                    IndexName="due",
                    KeyConditionExpression="due_shard = :shard AND due_at < :at",
                    ExpressionAttributeValues=typed({":shard": shard, ":at": at}),
                    Limit=most // len(library_rows.SHARDS),
                )
            found += [library_rows.read_run(plain(row)) for row in answer["Items"]]
        # Whoever has no time for all of them leaves the youngest, not a shard.
        return sorted(found, key=lambda run: run.due_at)

    def postpone(self, run: Run, until: int) -> None:
        """The run was sent again."""
        values = {":until": until, ":sweeps": run.sweeps + 1}
        self.change(run, "SET due_at = :until, sweeps = :sweeps", "attribute_exists(due_at)", values)

    def get(self, key: dict[str, str]) -> dict[str, Any]:
        """One row as it stands at this moment; empty when there is none."""
        with translated():
            answer = self.dynamodb.get_item(TableName=self.table, Key=typed(key), ConsistentRead=True)
        return plain(answer.get("Item", {}))

    def known(self, run: str) -> Run:
        """A run that must be there. Raises UnreadableMessage when a message speaks of one that is not."""
        found = self.run(run)
        if found is None:
            raise UnreadableMessage(f"no run {run} in this library")
        return found

    def change(self, run: Run, expression: str, condition: str, values: dict[str, Any]) -> None:
        """Change a run's row where the condition still holds."""
        given = {"ExpressionAttributeValues": typed(values)} if values else {}
        try:
            with translated():
                self.dynamodb.update_item(
                    TableName=self.table,
                    Key=typed(library_rows.run_key(run.id)),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    **given,  # type: ignore[arg-type]
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def put(self, row: dict[str, Any], condition: str | None = None, **values: Any) -> "TransactWriteItemTypeDef":
        """A transaction's item that writes a row, where a condition is given only while it holds."""
        item: PutTypeDef = {"TableName": self.table, "Item": typed(row)}
        if condition:
            item["ConditionExpression"] = condition
        if values:
            item["ExpressionAttributeValues"] = typed({f":{name}": value for name, value in values.items()})
        return {"Put": item}

    def failure(self, row: dict[str, Any]) -> "TransactWriteItemTypeDef":
        """A failed result's row; it never takes the place of an answer."""
        return self.put(row, f"{NEW} OR answer_status = :failed", failed="failed")

    def labelled(self, answered: Answered, label: str) -> "list[TransactWriteItemTypeDef]":
        """The label's row, once an image, and with it one more in its count."""
        one_more: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self.table,
                "Key": typed(library_rows.count_key(answered, label)),
                "UpdateExpression": "ADD images :one",
                "ExpressionAttributeValues": typed({":one": 1}),
            }
        }
        return [self.put(library_rows.label(answered, label), NEW), one_more]

    def taken_off(self, answered: Answered) -> "TransactWriteItemTypeDef":
        """The operation off its run's pending ones; the last one takes the attribute with it."""
        ended = ", ended :operation" if answered.result else " ADD ended :operation"
        return {
            "Update": {
                "TableName": self.table,
                "Key": typed(library_rows.run_key(answered.run)),
                "UpdateExpression": f"DELETE pending :operation{ended}",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": typed({":operation": {answered.operation}}),
            }
        }

    def answer(self, answered: Answered, result: Result, seen: list[str], at: int) -> "TransactWriteItemTypeDef":
        """The result's row; of two answers (the settings were changed in between) the one asked for later stays."""
        row = library_rows.result(answered, result, seen, at)
        if result.code:
            return self.failure(row)
        stays = f"{NEW} OR answer_status = :failed OR asked_at < :asked_at"
        return self.put(row, stays, failed="failed", asked_at=result.asked_at)
