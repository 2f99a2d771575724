"""The library table: sources, images, runs, results, labels and their counts."""

from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.items import MAX_TRANSACTION_ITEMS, deserialize, put_if_absent, serialize
from rekbridge_lambda.domain.errors import Unavailable, UnreadableMessage
from rekbridge_lambda.domain.ids import RunId
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

IS_NEW = "attribute_not_exists(pk)"


class LibraryTable:
    """Every write is conditional or idempotent: a repeated message changes nothing."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def find_source(self, upload: Upload) -> Source | None:
        """The source of this key and version."""
        return library_rows.parse_source_row(self.load_row(library_rows.make_source_key(upload)))

    def add_ingest_attempts(self, upload: Upload, change: int) -> int:
        """Change the number of ingest attempts that have not ended; a source that is stored loses the attribute."""
        with map_aws_errors():
            response = self.dynamodb.update_item(
                TableName=self.table,
                Key=serialize(library_rows.make_source_key(upload)),
                UpdateExpression="ADD ingest_attempts :change",
                ExpressionAttributeValues=serialize({":change": change}),
                ReturnValues="UPDATED_NEW",
            )
        return int(deserialize(response["Attributes"])["ingest_attempts"])

    def store_rejection(self, source: Source) -> None:
        """Store why a source has no image; a source that already has an image keeps it, unless this event is later."""
        row = library_rows.build_source_row(source)
        # S3: the sequencers of a key are compared as text.
        condition = "attribute_not_exists(image_id) OR sequencer < :sequencer"
        put_if_absent(self.dynamodb, [[self.build_put(row, condition, sequencer=source.upload.sequencer)]])

    def admit_upload(self, source: Source, image: Image, run: Run) -> Run:
        """Store source, image and run where they are new; returns the run as it is now."""
        self.reopen_unanswered(run)
        groups = [
            [
                self.build_put(library_rows.build_source_row(source)),
                self.build_put(library_rows.build_image_source_row(source)),
            ],
            [self.build_put(library_rows.build_image_row(image), IS_NEW)],
            [self.build_put(library_rows.build_run_row(run), IS_NEW)],
            *([self.build_failure_put(library_rows.build_refusal_row(run, operation))] for operation in run.refused),
        ]
        put_if_absent(self.dynamodb, groups)
        return self.require_run(run.id)

    def reopen_unanswered(self, run: Run) -> None:
        """In an existing run, operations that ended without an answer become pending again."""
        before = self.find_run(run.id)
        if before and before.unanswered:
            values = {
                ":unanswered": set(before.unanswered),
                ":shard": library_rows.get_due_shard(run.id),
                ":at": run.due_at,
            }
            expression = "ADD pending :unanswered SET due_shard = :shard, due_at = :at REMOVE unanswered"
            self.update_run(run, expression, "unanswered = :unanswered", values)

    def find_run(self, run_id: RunId) -> Run | None:
        """One run, by a consistent read."""
        row = self.load_row(library_rows.make_run_key(run_id))
        return library_rows.parse_run(row) if row else None

    def find_runs(self, run_ids: Iterable[RunId]) -> dict[RunId, Run]:
        """Many runs by their id, a hundred a call."""
        runs: dict[RunId, Run] = {}
        for batch in batched(sorted(run_ids), 100):
            with map_aws_errors():
                response = self.dynamodb.batch_get_item(
                    RequestItems={
                        self.table: {"Keys": [serialize(library_rows.make_run_key(run_id)) for run_id in batch]}
                    }
                )
            if response.get("UnprocessedKeys"):
                raise Unavailable(f"DynamoDB throttled a read of {len(batch)} items of {self.table}")
            stored = (library_rows.parse_run(deserialize(row)) for row in response["Responses"][self.table])
            runs |= {run.id: run for run in stored}
        return runs

    def store_result(
        self, run: Run, finished: AnalysisFinished, result: Result, labels: list[str], summary: list[str], at: int
    ) -> Run:
        """Labels with their counts first, fifty a transaction; then the result, which ends the operation."""
        # A label is two items: its row and its count.
        for batch in batched(labels, MAX_TRANSACTION_ITEMS // 2):
            put_if_absent(self.dynamodb, [self.build_label_items(run, finished.operation, label) for label in batch])
        completion = self.build_completion(finished)
        put_if_absent(self.dynamodb, [[completion], [self.build_result_put(run, finished, result, summary, at)]])
        return self.require_run(run.id)

    def close_run(self, run: Run) -> None:
        """The run has ended: it leaves SWEEP's index."""
        self.update_run(run, "REMOVE due_shard, due_at", "attribute_exists(pk) AND attribute_not_exists(pending)", {})

    def find_due_runs(self, at: int, limit: int) -> list[Run]:
        """Open runs whose `due_at` is before a time: of each shard the longest waiting ones, sorted by that time."""
        runs = self.query_due_index("due_at < :at", {":at": at}, limit)
        # A sweep that runs out of time then leaves the youngest runs, not a whole shard.
        return sorted(runs, key=lambda run: run.due_at)

    def find_requeued_runs(self, due_from: int, limit: int) -> list[Run]:
        """Requeued runs whose `due_at` is at or after a time. The limit is that of the rows read: the latest come
        first, because new runs, which would only be skipped, are due before postponed ones.
        """
        values, optional = (
            {":at": due_from, ":one": 1},
            {"ScanIndexForward": False, "FilterExpression": "sweeps >= :one"},
        )
        return self.query_due_index("due_at >= :at", values, limit, **optional)

    def query_due_index(self, condition: str, values: dict[str, Any], limit: int, **optional: Any) -> list[Run]:
        """The runs of the due index that meet a condition: of each shard an equal part of the limit."""
        runs: list[Run] = []
        for shard in library_rows.DUE_SHARDS:
            with map_aws_errors():
                response = self.dynamodb.query(
                    TableName=self.table,
                    IndexName="due",
                    KeyConditionExpression=f"due_shard = :shard AND {condition}",
                    ExpressionAttributeValues=serialize({":shard": shard} | values),
                    Limit=limit // len(library_rows.DUE_SHARDS),
                    **optional,
                )
            runs += [library_rows.parse_run(deserialize(row)) for row in response["Items"]]
        return runs

    def postpone_run(self, run: Run, until: int) -> None:
        """The run was requeued."""
        values = {":until": until, ":sweeps": run.sweeps + 1}
        self.update_run(run, "SET due_at = :until, sweeps = :sweeps", "attribute_exists(due_at)", values)

    def load_row(self, key: dict[str, str]) -> dict[str, Any]:
        """One row by a consistent read; empty when there is none."""
        with map_aws_errors():
            response = self.dynamodb.get_item(TableName=self.table, Key=serialize(key), ConsistentRead=True)
        return deserialize(response.get("Item", {}))

    def require_run(self, run_id: RunId) -> Run:
        """A run that must exist. Raises UnreadableMessage when a message names an unknown one."""
        run = self.find_run(run_id)
        if run is None:
            raise UnreadableMessage(f"there is no run {run_id} in this library")
        return run

    def update_run(self, run: Run, expression: str, condition: str, values: dict[str, Any]) -> None:
        """Change a run's row if the condition still holds."""
        optional = {"ExpressionAttributeValues": serialize(values)} if values else {}
        try:
            with map_aws_errors():
                self.dynamodb.update_item(
                    TableName=self.table,
                    Key=serialize(library_rows.make_run_key(run.id)),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    **optional,  # type: ignore[arg-type]
                )
        except ClientError as error:
            if get_error_code(error) != "ConditionalCheckFailedException":
                raise

    def build_put(self, row: dict[str, Any], condition: str | None = None, **values: Any) -> "TransactWriteItemTypeDef":
        """A transaction's item that writes a row, with an optional condition."""
        item: PutTypeDef = {"TableName": self.table, "Item": serialize(row)}
        if condition:
            item["ConditionExpression"] = condition
        if values:
            item["ExpressionAttributeValues"] = serialize({f":{name}": value for name, value in values.items()})
        return {"Put": item}

    def build_failure_put(self, row: dict[str, Any]) -> "TransactWriteItemTypeDef":
        """A failed result's row; it never replaces an answer."""
        return self.build_put(row, f"{IS_NEW} OR result_status = :failed", failed="failed")

    def build_label_items(self, run: Run, operation: str, label: str) -> "list[TransactWriteItemTypeDef]":
        """The label's row, once per image, and one more in its count."""
        increment: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self.table,
                "Key": serialize(library_rows.make_count_key(run, label)),
                "UpdateExpression": "ADD images :one",
                "ExpressionAttributeValues": serialize({":one": 1}),
            }
        }
        return [self.build_put(library_rows.build_label_row(run, operation, label), IS_NEW), increment]

    def build_completion(self, finished: AnalysisFinished) -> "TransactWriteItemTypeDef":
        """Take the operation out of its run's pending ones; the last one removes the attribute."""
        # Either DELETE pending …, unanswered …, or DELETE pending … ADD unanswered ….
        mark = ", unanswered :operation" if finished.result_key else " ADD unanswered :operation"
        return {
            "Update": {
                "TableName": self.table,
                "Key": serialize(library_rows.make_run_key(finished.run_id)),
                "UpdateExpression": f"DELETE pending :operation{mark}",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": serialize({":operation": {finished.operation}}),
            }
        }

    def build_result_put(
        self, run: Run, finished: AnalysisFinished, result: Result, summary: list[str], at: int
    ) -> "TransactWriteItemTypeDef":
        """The result's row; of two answers (the settings changed in between) the one of the later call is kept."""
        row = library_rows.build_result_row(run, finished, result, summary, at)
        if result.code:
            return self.build_failure_put(row)
        condition = f"{IS_NEW} OR result_status = :failed OR called_at < :called_at"
        return self.build_put(row, condition, failed="failed", called_at=result.called_at)
