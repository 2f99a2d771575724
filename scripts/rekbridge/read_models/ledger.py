"""Every attempt to get a result: what left home, for where, how, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.uploads import Upload

from rekbridge.read_models import table
from rekbridge.read_models.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OPEN = "no outcome yet"


@dataclass(frozen=True, slots=True)
class Attempted:
    """One call as the ledger has it; `outcome` is done, failed or unpaid."""

    operation: str
    from_region: str
    to_region: str
    way: str
    sent_bytes: int
    at: int
    outcome: str

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Attempted":
        """The attempt in a ledger's entry."""
        regions = row["from_region"], row["to_region"]
        return cls(
            row["operation"], *regions, row["way"], int(row["sent_bytes"]), int(row["at"]), row.get("outcome", OPEN)
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """The attempts for one result; those not paid for (throttled, region down) are counted, the last is kept."""

    attempts: list[Attempted] = field(default_factory=list)
    unpaid: int = 0
    last_unpaid: Attempted | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Entry":
        """The entry in a row of the ledger."""
        last = row.get("last_unpaid")
        attempts = [Attempted.read(attempt) for attempt in row.get("attempts", [])]
        return cls(attempts, int(row.get("unpaid", 0)), Attempted.read(last) if last else None)

    @property
    def answered(self) -> int:
        """How many attempts brought an answer; more than one would have been paid for in vain."""
        return sum(attempt.outcome == "done" for attempt in self.attempts)


def question(key: str, content: str, operation: str) -> str:
    """The result key of an operation, with the catalog's settings, on a file of that key; `content` is its SHA-256."""
    owner = Upload(key, version="", size=0, sequencer="", uploaded_at=0).owner
    return ids.result_key(ids.image_id(owner, content), operation, CATALOG[operation].defaults)


class Ledger:
    """The ledger table of a deployment, read only."""

    def __init__(self, deployed: Deployed) -> None:
        self.dynamodb: DynamoDBClient = deployed.client("dynamodb", deployed.home)
        self.table = deployed.table("ledger")

    def entries(self, results: Iterable[str]) -> dict[str, Entry]:
        """By result key; a result that nobody ever asked for has none."""
        found = table.rows(self.dynamodb, self.table, ({"pk": result} for result in results))
        return {row["pk"]: Entry.read(row) for row in found}
