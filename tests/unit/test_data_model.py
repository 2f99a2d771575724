"""docs/data-model.md names exactly the attributes that the code writes, and the key of every kind of row."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any

import pytest
from rekbridge.support import paths
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.adapters.dynamodb.items import serialize
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.dynamodb.library_rows import DUE_SHARDS, LABEL_SHARDS, build_run_row
from rekbridge_lambda.adapters.owner_keys import DerivedOwnerKeys, IdsSecret
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.claims import Attempt, Claim
from rekbridge_lambda.domain.errors import ImageTooSmall
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.rate_limiting.caller_table import CallerLimitTable
from rekbridge_lambda.rate_limiting.table import STATE_ATTRIBUTES, RateLimitTable

TEXT = (paths.ROOT / "docs" / "data-model.md").read_text()

ANNA, NOW = ids.OwnerId("anna"), 1_800_000_000_000
UPLOAD = Upload("anna/cat.png", "v1", 97, "0055", NOW)
ANNA_KEY = ids.make_owner_key(b"secret", b"salt")
IMAGE_ID = ids.make_image_id(ANNA_KEY, "c0")
RUN_ID = ids.RunId(ids.hash_parts(IMAGE_ID, "labels"))
PREPARED_KEY = ids.make_prepared_key(ANNA_KEY, IMAGE_ID, b"prepared")
RESULT_KEY = ids.make_result_key(IMAGE_ID, "labels", {})
RUN = Run(
    RUN_ID,
    IMAGE_ID,
    ANNA,
    NOW,
    prepared_keys={"labels": PREPARED_KEY},
    pending=frozenset({"labels"}),
    staged_copies=frozenset({ids.make_staged_key(RUN_ID, PREPARED_KEY)}),
    refused={"text": ImageTooSmall("too small")},
    due_at=NOW,
)
FINISHED = AnalysisFinished(RUN_ID, "labels", RESULT_KEY)
RESULT = Result("labels", "bytes", "eu-west-1", 97, NOW, NOW)
FAILURE = Result.create_failure("labels", "gone", "expired", NOW)
ATTEMPT = Attempt("labels", "eu-west-3", "eu-west-1", "bytes", 97, NOW)

# Key of a library row -> its heading in the docs.
KINDS = {
    r"OWNER#.* OWNER": "Owner",
    r"SOURCE#.* .*": "Source",
    r"IMAGE#.* IMAGE": "Image",
    r"IMAGE#.* SOURCE#.*": "Image source",
    r"RUN#.* RUN": "Run",
    r"IMAGE#.* RESULT#.*": "Result",
    r"LABEL#.* .*": "Label",
    r"COUNT#.* .*": "Label count",
}

# What is no attribute in an update expression: functions with their arguments, indexes, values.
FUNCTIONS_AND_VALUES = re.compile(r"if_not_exists\([^)]*\)|list_append\(.*?\), :\w+\)|\[\d+\]|:\w+")


class RecordingDynamoDb:
    """A DynamoDB client that keeps the attributes of every write, by the key of the row."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = serialize(stored)
        self.written: dict[str, set[str]] = defaultdict(set)
        self.values: list[dict[str, Any]] = []

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.stored}

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.record_update(request)
        return {"Attributes": self.stored}

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:
        for item in TransactItems:
            if "Put" in item:
                row = item["Put"]["Item"]
                self.written[describe_key(row)] |= row.keys()
            else:
                self.record_update(item["Update"])

    def record_update(self, request: dict[str, Any]) -> None:
        """Attributes of `SET a = …, b = …`, `ADD a :x`, `DELETE a :x`, `REMOVE a, b[0]`."""
        expression = FUNCTIONS_AND_VALUES.sub("", request["UpdateExpression"])
        names = set(re.findall(r"\b[a-z_]+\b", expression))
        self.written[describe_key(request["Key"])] |= names | request["Key"].keys()
        self.values.append(request.get("ExpressionAttributeValues", {}))


def describe_key(row: dict[str, Any]) -> str:
    return " ".join(row[name]["S"] for name in ("pk", "sk", "operation_region") if name in row)


def list_documented(heading: str) -> set[str]:
    """The attributes in the first column of the table below a heading."""
    section = re.split(r"^#+ ", TEXT, flags=re.MULTILINE)
    [body] = [part for part in section if part.partition("\n")[0] == heading]
    table = body.partition("| attribute | type | meaning |\n")[2].partition("\n\n")[0]
    first_column = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    return {name for cell in first_column for name in re.findall(r"`(\w+)`", cell)}


def write_library(dynamodb: RecordingDynamoDb) -> None:
    """Make every write that the library table has."""
    library = LibraryTable(dynamodb, "library")  # type: ignore[arg-type]
    image = Image(id=IMAGE_ID, owner=ANNA, content_sha256="c0", format="png", size=97, width=100, height=100)
    library.add_ingest_attempts(UPLOAD, 1)
    library.store_rejection(Source(UPLOAD, code="gone", reason="deleted"))
    library.admit_upload(Source(UPLOAD, IMAGE_ID, RUN_ID), image, RUN)
    library.store_result(RUN, FINISHED, RESULT, ["Cat"], ["Cat 99%"], NOW)
    library.store_result(RUN, replace(FINISHED, result_key=None, code="gone", reason="expired"), FAILURE, [], [], NOW)
    library.postpone_run(RUN, NOW)
    library.close_run(RUN)


class UnknownOwnerDynamoDb(RecordingDynamoDb):
    """A DynamoDB client without rows of owners."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}


def write_owner() -> dict[str, set[str]]:
    """Make the write that a new owner has."""
    dynamodb = UnknownOwnerDynamoDb({"salt": "00"})
    secret = IdsSecret(lambda _: None, "eu-west-3", "kit-ids")  # type: ignore[arg-type, return-value]
    secret.value = b"the secret of the ids in this test"
    DerivedOwnerKeys(secret, dynamodb, "library").load_key(ANNA)  # type: ignore[arg-type]
    return dynamodb.written


def record_library() -> dict[str, set[str]]:
    """The attributes of every kind of library row, by heading."""
    dynamodb = RecordingDynamoDb(build_run_row(RUN) | {"unanswered": {"labels"}, "ingest_attempts": 1})
    write_library(dynamodb)
    recorded: dict[str, set[str]] = defaultdict(set)
    for key, attributes in (dynamodb.written | write_owner()).items():
        [kind] = [heading for pattern, heading in KINDS.items() if re.fullmatch(pattern, key)]
        recorded[kind] |= attributes
    return recorded


def record_claims() -> RecordingDynamoDb:
    """Every write of the claims table."""
    dynamodb = RecordingDynamoDb({"attempts": [asdict(ATTEMPT)]})
    claims = ClaimsTable(dynamodb, "claims")  # type: ignore[arg-type]
    claim: Claim = claims.claim(RESULT_KEY, ATTEMPT, NOW + 1)
    claims.complete(claim, "done", "")
    claims.complete(claim, "unpaid", "throttled")
    claims.release(claim)
    return dynamodb


@pytest.mark.parametrize("heading", KINDS.values())
def test_library_rows_have_the_documented_attributes(heading: str) -> None:
    assert record_library()[heading] == list_documented(heading)


def test_the_key_patterns_are_documented() -> None:
    for kind, pattern in {
        "Owner": "OWNER#<owner>",
        "Source": "SOURCE#<key>",
        "Run": "RUN#<run_id>",
        "Label": "LABEL#<owner>#<label>#<shard>",
        "Label count": "COUNT#<owner>#<shard>",
        "Result": "IMAGE#<image_id>",
    }.items():
        assert f"| {kind} | `{pattern}` |" in TEXT
    assert f"{LABEL_SHARDS} shards" in TEXT
    assert f"`{DUE_SHARDS[0]}` to `{DUE_SHARDS[-1]}`" in TEXT


def test_a_claim_has_the_documented_attributes() -> None:
    [attributes] = record_claims().written.values()
    assert attributes == list_documented("Claims table: `<prefix>-claims`")


def test_an_attempt_has_the_documented_attributes() -> None:
    completed = [values[":attempt"]["M"] for values in record_claims().values if "M" in values.get(":attempt", {})]
    assert {frozenset(attempt) for attempt in completed} == {frozenset(list_documented("Attempt"))}


def test_a_rate_limit_item_has_the_documented_attributes() -> None:
    dynamodb = RecordingDynamoDb({})
    table = RateLimitTable(dynamodb, "rate-limit")  # type: ignore[arg-type]
    changes: list[Callable[[], object]] = [
        lambda: table.advance("labels", "eu-west-1", "workers", 1, 2, 3),
        lambda: table.restart("labels", "eu-west-1", "api", 1, 2),
        lambda: table.decrease_rate("labels", "eu-west-1", 1, 2, 3),
        lambda: table.open_circuit("labels", "eu-west-1", 1, None),
        lambda: table.close_circuit("labels", "eu-west-1"),
    ]
    for change in changes:
        change()
    assert dynamodb.written == {"labels/eu-west-1": {"operation_region", *STATE_ATTRIBUTES}}
    assert list_documented("Rate limit table: `<prefix>-rate-limit`") == {"operation_region", *STATE_ATTRIBUTES}


def test_the_item_of_a_caller_has_the_documented_attributes() -> None:
    dynamodb = RecordingDynamoDb({"tat": 1})
    table = CallerLimitTable(dynamodb, "rate-limit")  # type: ignore[arg-type]
    table.restart("0055", 1, idle_before=2, expires_at=3)
    table.advance("0055", 1, earliest=2, latest=3, expires_at=4)
    assert dynamodb.written == {"caller/0055": list_documented("Caller limit")}


def test_a_result_object_has_the_documented_attributes() -> None:
    assert list_documented("Result object") == {field.name for field in fields(Result)}
