"""The library as its port shows it, and beside that what was counted and stored: the same for fake and table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.adapters.dynamodb.items import plain
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.ports import Library

from tests.contract.cloud import Cloud
from tests.fakes import FakeLibrary


@dataclass
class Shown:
    """A library with a look inside: counts by label of an owner, and what is stored of an image's operation."""

    library: Library
    counts: Callable[[str], dict[str, int]]
    answer: Callable[[str, str], dict[str, Any]]


def faked() -> Shown:
    library = FakeLibrary()

    def answer(image: str, operation: str) -> dict[str, Any]:
        result = library.results[image, operation]
        return {"status": result.status, "asked_at": result.asked_at}

    return Shown(library, library.counts, answer)


def tabled(cloud: Cloud) -> Shown:
    table = cloud.library()

    def rows(key: str) -> list[dict[str, Any]]:
        return [row for row in map(plain, cloud.rows(table)) if row["pk"].startswith(key)]

    def counts(owner: str) -> dict[str, int]:
        return {row["sk"]: int(row["images"]) for row in rows(f"COUNT#{owner}#")}

    def answer(image: str, operation: str) -> dict[str, Any]:
        [row] = [row for row in rows(f"IMAGE#{image}") if row["sk"] == f"RESULT#{operation}"]
        return {"status": row["answer_status"], "asked_at": int(row["asked_at"])}

    return Shown(LibraryTable(cloud.client("dynamodb"), table), counts, answer)
