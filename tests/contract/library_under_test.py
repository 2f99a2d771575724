"""The library's adapter on DynamoDB and its fake, each with access to the stored rows that the port does not show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.adapters.dynamodb.items import deserialize
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.ports import Library

from tests.contract.cloud import Cloud
from tests.fakes import FakeLibrary


@dataclass
class LibraryUnderTest:
    """A library, the image counts of an owner by label, and the stored row of an image's operation."""

    library: Library
    count_labels: Callable[[str], dict[str, int]]
    load_result_row: Callable[[str, str], dict[str, Any]]


def create_fake_library() -> LibraryUnderTest:
    library = FakeLibrary()

    def load_result_row(image: str, operation: str) -> dict[str, Any]:
        result = library.results[image, operation]
        return {"status": result.status, "called_at": result.called_at}

    return LibraryUnderTest(library, library.count_labels, load_result_row)


def create_dynamodb_library(cloud: Cloud) -> LibraryUnderTest:
    table = cloud.create_library_table()

    def list_rows(prefix: str) -> list[dict[str, Any]]:
        return [row for row in map(deserialize, cloud.scan_table(table)) if row["pk"].startswith(prefix)]

    def count_labels(owner: str) -> dict[str, int]:
        return {row["sk"]: int(row["images"]) for row in list_rows(f"COUNT#{owner}#")}

    def load_result_row(image: str, operation: str) -> dict[str, Any]:
        [row] = [row for row in list_rows(f"IMAGE#{image}") if row["sk"] == f"RESULT#{operation}"]
        return {"status": row["result_status"], "called_at": int(row["called_at"])}

    return LibraryUnderTest(LibraryTable(cloud.client("dynamodb"), table), count_labels, load_result_row)
