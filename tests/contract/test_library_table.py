"""The library in DynamoDB: the limits of its keys, cancelled transactions, unprocessed keys."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge_lambda.adapters.dynamodb import items
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import OwnerId, RunId
from rekbridge_lambda.domain.operations import get_catalog_operation
from rekbridge_lambda.domain.results import MAX_LABEL_LENGTH, extract_labels
from rekbridge_lambda.domain.runs import Source

from tests.builders import HOME, IMAGE, NOW, make_finished, make_result, make_run, make_source, make_upload
from tests.contract.cloud import AWS, Cloud
from tests.contract.library_under_test import create_dynamodb_library


@pytest.mark.parametrize("owner", ["a" * 1020, "#" * 1020, "%" * 1020, "ü" * 510, "𝒳" * 255])
def test_the_longest_owners_and_labels_fit_into_keys(cloud: Cloud, owner: str) -> None:
    subject = create_dynamodb_library(cloud)
    image = replace(IMAGE, owner=OwnerId(owner))
    new_run = make_run(image=image)
    subject.library.admit_upload(make_source(new_run, make_upload(f"{owner}/a")), image, new_run)
    name = "#𝒳%" * 100
    [label] = extract_labels(get_catalog_operation("labels"), make_result(name).response)
    assert label == name[:MAX_LABEL_LENGTH]
    subject.library.store_result(new_run, make_finished(new_run), make_result(label), [label], [], NOW)


def test_two_long_owners_with_the_same_start_have_separate_counts(cloud: Cloud) -> None:
    subject = create_dynamodb_library(cloud)
    for owner in ("a" * 1019 + "b", "a" * 1019 + "c"):
        image = replace(IMAGE, owner=OwnerId(owner))
        new_run = make_run(image=image)
        subject.library.admit_upload(make_source(new_run, make_upload(f"{owner}/a")), image, new_run)
        subject.library.store_result(new_run, make_finished(new_run), make_result("Cat"), ["Cat"], [], NOW)
    table = subject.library.table  # type: ignore[attr-defined]
    assert sum(row["pk"]["S"].startswith("COUNT#") for row in cloud.scan_table(table)) == 2


@pytest.mark.parametrize(("owner", "label"), [("anna", "0#Cat"), ("anna#0", "Cat"), ("anna%230", "Cat")])
def test_the_key_of_a_label_row_is_unambiguous(cloud: Cloud, owner: str, label: str) -> None:
    subject = create_dynamodb_library(cloud)
    image = replace(IMAGE, owner=OwnerId(owner))
    new_run = make_run(image=image)
    subject.library.admit_upload(make_source(new_run, make_upload(f"{owner}/a")), image, new_run)
    subject.library.store_result(new_run, make_finished(new_run), make_result(label), [label], [], NOW)
    table = subject.library.table  # type: ignore[attr-defined]
    [row] = [row for row in cloud.scan_table(table) if row["pk"]["S"].startswith("LABEL#")]
    assert [unquote(part) for part in row["pk"]["S"].split("#")[1:3]] == [owner, label]


def test_a_repeated_message_adds_no_rows(cloud: Cloud) -> None:
    subject = create_dynamodb_library(cloud)
    new_run = make_run("labels", "faces")
    subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
    table = subject.library.table  # type: ignore[attr-defined]
    before = len(cloud.scan_table(table))
    for _ in range(5):
        subject.library.admit_upload(make_source(new_run, make_upload()), IMAGE, new_run)
        subject.library.store_result(new_run, make_finished(new_run), make_result(), [], [], NOW)
    assert len(cloud.scan_table(table)) == before + 1


@pytest.fixture
def dynamodb() -> Any:
    return AWS.create("dynamodb", HOME)


@pytest.fixture
def stub(dynamodb: Any) -> Iterator[Stubber]:
    with Stubber(dynamodb) as stub:
        yield stub
        stub.assert_no_pending_responses()


def add_cancelled_transaction(stub: Stubber, *codes: str) -> None:
    reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        "Transaction cancelled",
        http_status_code=400,
        modeled_fields={"CancellationReasons": reasons},
    )


REJECTED = Source(make_upload(), code="gone", reason="deleted")


def test_a_transaction_conflict_is_retried(dynamodb: Any, stub: Stubber) -> None:
    add_cancelled_transaction(stub, "TransactionConflict")
    stub.add_response("transact_write_items", {})
    LibraryTable(dynamodb, "library").store_rejection(REJECTED)


def test_a_transaction_in_conflict_at_every_retry_is_unavailable(dynamodb: Any, stub: Stubber) -> None:
    for _ in range(len(items.PAUSES_S) + 1):
        add_cancelled_transaction(stub, "TransactionConflict")
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").store_rejection(REJECTED)


def test_a_refused_item_is_a_bug_and_not_retried(dynamodb: Any, stub: Stubber) -> None:
    add_cancelled_transaction(stub, "ValidationError")
    with pytest.raises(ClientError):
        LibraryTable(dynamodb, "library").store_rejection(REJECTED)


def test_an_item_that_exists_is_left_out_of_the_retry(dynamodb: Any, stub: Stubber) -> None:
    add_cancelled_transaction(stub, "ConditionalCheckFailed", "None", "TransactionConflict", "None")
    stub.add_response("transact_write_items", {})
    groups: list[list[Any]] = [[build_put("a"), build_put("b")], [build_put("c"), build_put("d")]]
    items.put_if_absent(dynamodb, groups)


def build_put(key: str) -> dict[str, Any]:
    return {"Put": {"TableName": "library", "Item": {"pk": {"S": key}}}}


def test_unprocessed_keys_are_unavailable(dynamodb: Any, stub: Stubber) -> None:
    unprocessed = {"library": {"Keys": [{"pk": {"S": "RUN#1"}, "sk": {"S": "RUN"}}]}}
    stub.add_response("batch_get_item", {"Responses": {"library": []}, "UnprocessedKeys": unprocessed})
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").find_runs([RunId("1")])


def test_a_throttled_table_is_unavailable(dynamodb: Any, stub: Stubber) -> None:
    stub.add_client_error("get_item", "ProvisionedThroughputExceededException", http_status_code=400)
    with pytest.raises(Unavailable):
        LibraryTable(dynamodb, "library").find_run(RunId("1"))
