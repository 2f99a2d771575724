"""What only DynamoDB can do: refuse keys, cancel transactions, leave keys unread."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.dynamodb import items
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.operations import named
from rekbridge_lambda.domain.results import LONGEST_LABEL, labels
from rekbridge_lambda.domain.runs import Source

from tests.builders import HOME, IMAGE, NOW, answer, answered, run, source, upload
from tests.contract.cloud import Cloud
from tests.contract.shelves import tabled


@pytest.mark.parametrize("owner", ["a" * 1020, "#" * 1020, "%" * 1020, "ü" * 510, "𝒳" * 255])
def test_the_longest_owners_and_labels_fit_a_tables_keys(cloud: Cloud, owner: str) -> None:
    shown = tabled(cloud)
    image = replace(IMAGE, owner=owner)
    made = run(image=image)
    shown.library.admit(source(made, upload(f"{owner}/a")), image, made)
    name = "#𝒳%" * 100
    [label] = labels(named("labels"), answer(name).answer)
    assert label == name[:LONGEST_LABEL]
    shown.library.record(answered(made), answer(label), [label], [], NOW)


def test_two_long_owners_that_begin_alike_are_two(cloud: Cloud) -> None:
    shown = tabled(cloud)
    for owner in ("a" * 1019 + "b", "a" * 1019 + "c"):
        image = replace(IMAGE, owner=owner)
        made = run(image=image)
        shown.library.admit(source(made, upload(f"{owner}/a")), image, made)
        shown.library.record(answered(made), answer("Cat"), ["Cat"], [], NOW)
    table = shown.library.table  # type: ignore[attr-defined]
    assert sum(row["pk"]["S"].startswith("COUNT#") for row in cloud.rows(table)) == 2


@pytest.mark.parametrize(("owner", "label"), [("anna", "0#Cat"), ("anna#0", "Cat"), ("anna%230", "Cat")])
def test_a_label_is_a_row_that_nobody_elses_name_reaches(cloud: Cloud, owner: str, label: str) -> None:
    shown = tabled(cloud)
    image = replace(IMAGE, owner=owner)
    made = run(image=image)
    shown.library.admit(source(made, upload(f"{owner}/a")), image, made)
    shown.library.record(answered(made), answer(label), [label], [], NOW)
    table = shown.library.table  # type: ignore[attr-defined]
    [row] = [row for row in cloud.rows(table) if row["pk"]["S"].startswith("LABEL#")]
    assert [unquote(part) for part in row["pk"]["S"].split("#")[1:3]] == [owner, label]


def test_a_run_grows_with_no_message(cloud: Cloud) -> None:
    shown = tabled(cloud)
    made = run("labels", "faces")
    shown.library.admit(source(made, upload()), IMAGE, made)
    table = shown.library.table  # type: ignore[attr-defined]
    before = len(cloud.rows(table))
    for _ in range(5):
        shown.library.admit(source(made, upload()), IMAGE, made)
        shown.library.record(answered(made), answer(), [], [], NOW)
    assert len(cloud.rows(table)) == before + 1


@pytest.fixture
def dynamodb() -> Any:
    return aws.client("dynamodb", HOME)


@pytest.fixture
def stub(dynamodb: Any) -> Iterator[Stubber]:
    with Stubber(dynamodb) as stub:
        yield stub
        stub.assert_no_pending_responses()


def cancelled(stub: Stubber, *codes: str) -> None:
    reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        "Transaction cancelled",
        http_status_code=400,
        modeled_fields={"CancellationReasons": reasons},
    )


REFUSED = Source(upload(), code="gone", reason="deleted")


def test_a_passing_conflict_is_tried_again_at_once(dynamodb: Any, stub: Stubber) -> None:
    cancelled(stub, "TransactionConflict")
    stub.add_response("transact_write_items", {})
    LibraryTable(dynamodb, "library").refuse(REFUSED)


def test_a_lasting_conflict_is_unavailable(dynamodb: Any, stub: Stubber) -> None:
    for _ in range(len(items.PAUSES_S) + 1):
        cancelled(stub, "TransactionConflict")
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").refuse(REFUSED)


def test_a_refused_item_is_a_bug_and_does_not_wait_for_ever(dynamodb: Any, stub: Stubber) -> None:
    cancelled(stub, "ValidationError")
    with pytest.raises(ClientError):
        LibraryTable(dynamodb, "library").refuse(REFUSED)


def test_what_is_there_is_left_out_while_another_item_is_in_conflict(dynamodb: Any, stub: Stubber) -> None:
    cancelled(stub, "ConditionalCheckFailed", "None", "TransactionConflict", "None")
    stub.add_response("transact_write_items", {})
    groups: list[list[Any]] = [[item("a"), item("b")], [item("c"), item("d")]]
    items.write_missing(dynamodb, groups)


def item(key: str) -> dict[str, Any]:
    return {"Put": {"TableName": "library", "Item": {"pk": {"S": key}}}}


def test_keys_left_unread_are_unavailable(dynamodb: Any, stub: Stubber) -> None:
    unread = {"library": {"Keys": [{"pk": {"S": "RUN#1"}, "sk": {"S": "RUN"}}]}}
    stub.add_response("batch_get_item", {"Responses": {"library": []}, "UnprocessedKeys": unread})
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").runs(["1"])


def test_a_busy_table_is_unavailable(dynamodb: Any, stub: Stubber) -> None:
    stub.add_client_error("get_item", "ProvisionedThroughputExceededException", http_status_code=400)
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").run("1")
