"""Reads many rows of the library and claims tables at once, for operators. Not part of any Lambda's package."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from time import sleep
from typing import TYPE_CHECKING, Any

from rekbridge_lambda.adapters.aws import map_aws_errors
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.claims import make_claim_key
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize
from rekbridge_lambda.domain.ids import ImageId, ResultKey, RunId
from rekbridge_lambda.domain.runs import Run, Source
from rekbridge_lambda.domain.uploads import Upload

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# AWS: BatchGetItem accepts 100 keys.
MAX_BATCH_KEYS = 100
RETRY_S = 0.2
NO_OUTCOME = "no outcome yet"

type Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OperationResult:
    """One operation's result row; `result_key` is the key of Rekognition's response. Times in milliseconds."""

    operation: str
    status: str
    transfer: str
    region: str
    uploaded_at: int
    called_at: int
    responded_at: int
    routed_at: int
    summary: list[str] = field(default_factory=list)
    result_key: ResultKey | None = None
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedAttempt:
    """One call in the claims table; `outcome` is done, failed or unpaid, or NO_OUTCOME."""

    operation: str
    from_region: str
    to_region: str
    transfer: str
    sent_bytes: int
    at: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """The attempts to get one result; unpaid ones (throttled, region down) are counted, and the last is kept."""

    attempts: list[RecordedAttempt] = field(default_factory=list)
    unpaid: int = 0
    last_unpaid: RecordedAttempt | None = None

    @property
    def done_count(self) -> int:
        """How many attempts brought an answer; more than one means that a call was paid for twice."""
        return sum(attempt.outcome == "done" for attempt in self.attempts)


def load_rows(dynamodb: "DynamoDBClient", table: str, keys: Iterable[Mapping[str, str]]) -> Iterable[dict[str, Any]]:
    """The rows with these keys, in any order; missing ones are left out. Keys that DynamoDB skips are read again."""
    unique = {tuple(sorted(key.items())): dict(key) for key in keys}
    for batch in batched(unique.values(), MAX_BATCH_KEYS):
        request: Any = {table: {"Keys": [serialize(key) for key in batch], "ConsistentRead": True}}
        while request:
            with map_aws_errors():
                response = dynamodb.batch_get_item(RequestItems=request)
            yield from (deserialize(row) for row in response["Responses"].get(table, []))
            if request := response.get("UnprocessedKeys", {}):
                # AWS: throttled, or more than 16 MB.
                sleep(RETRY_S)


class LibraryReader:
    """Reads the library table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def find_sources(self, uploads: Iterable[Upload]) -> list[Source | None]:
        """The source of each key and version, as INGEST has stored it; None while it has not."""
        keys = [library_rows.make_source_key(upload) for upload in uploads]
        rows = self._load(keys)
        return [library_rows.parse_source_row(rows.get(_get_id(key), {})) for key in keys]

    def find_runs_and_results(
        self, run_ids: Iterable[RunId], results: Iterable[tuple[ImageId, str]]
    ) -> tuple[dict[RunId, Run], dict[tuple[ImageId, str], OperationResult]]:
        """Runs by id, and results by image and operation, in one round of reads."""
        run_list, result_list = list(run_ids), list(results)
        rows = self._load(
            [
                *map(library_rows.make_run_key, run_list),
                *(library_rows.make_result_row_key(*one) for one in result_list),
            ]
        )
        runs = {run_id: rows.get(_get_id(library_rows.make_run_key(run_id))) for run_id in run_list}
        found = {one: rows.get(_get_id(library_rows.make_result_row_key(*one))) for one in result_list}
        return (
            {run_id: library_rows.parse_run(row) for run_id, row in runs.items() if row},
            {one: parse_result_row(row) for one, row in found.items() if row},
        )

    def _load(self, keys: Iterable[dict[str, str]]) -> Rows:
        return {_get_id(row): row for row in load_rows(self.dynamodb, self.table, keys)}


class ClaimsReader:
    """Reads the claims table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def load_claims(self, result_keys: Iterable[ResultKey]) -> dict[ResultKey, ClaimRecord]:
        """Claims by result key; a result that was never called has none."""
        rows = load_rows(self.dynamodb, self.table, map(make_claim_key, result_keys))
        return {ResultKey(row["pk"]): parse_claim(row) for row in rows}

    def load_all_claims(self) -> dict[ResultKey, ClaimRecord]:
        """Every claim, by a scan: it reads the whole table, so it is for small deployments."""
        with map_aws_errors():
            pages = list(self.dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True))
        rows = (deserialize(row) for page in pages for row in page["Items"])
        return {ResultKey(row["pk"]): parse_claim(row) for row in rows}


def parse_result_row(row: Mapping[str, Any]) -> OperationResult:
    """The result in a row of the library."""
    return OperationResult(
        operation=row["operation"],
        status=row["result_status"],
        transfer=row["transfer"],
        region=row["region"],
        uploaded_at=int(row["uploaded_at"]),
        called_at=int(row["called_at"]),
        responded_at=int(row["responded_at"]),
        routed_at=int(row["routed_at"]),
        summary=list(row.get("summary", [])),
        result_key=row.get("result_key"),
        code=row.get("code"),
        reason=row.get("reason"),
    )


def parse_claim(row: Mapping[str, Any]) -> ClaimRecord:
    """The claim in a row of the claims table."""
    last = row.get("last_unpaid")
    attempts = [parse_attempt(attempt) for attempt in row.get("attempts", [])]
    return ClaimRecord(attempts, int(row.get("unpaid", 0)), parse_attempt(last) if last else None)


def parse_attempt(attempt: Mapping[str, Any]) -> RecordedAttempt:
    """One attempt of a claim."""
    return RecordedAttempt(
        operation=attempt["operation"],
        from_region=attempt["from_region"],
        to_region=attempt["to_region"],
        transfer=attempt["transfer"],
        sent_bytes=int(attempt["sent_bytes"]),
        at=int(attempt["at"]),
        outcome=attempt.get("outcome", NO_OUTCOME),
    )


def _get_id(row: Mapping[str, str]) -> tuple[str, str]:
    return row["pk"], row["sk"]
