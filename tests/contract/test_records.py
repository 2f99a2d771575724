"""What the handlers write is what operators read: the same rows, by the same keys."""

from dataclasses import replace

import pytest
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.ledger import OPEN, Ledger, question
from rekbridge.read_models.library import Library, Version
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable
from rekbridge_lambda.adapters.dynamodb.items import typed
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.results import Result

from tests.builders import HOME, IMAGE, MINUTE, NOW, REMOTE, answered, attempt, run, source, upload
from tests.contract.cloud import Cloud

KEY = "image/p1/labels/0123456789abcdef-e1.json"
RUN = run("labels", "text")
CAT = upload()


@pytest.fixture
def deployed(cloud: Cloud) -> Deployed:
    told = {
        "regions": {"home": HOME, "remote": REMOTE},
        "operations": {"labels": {"way": "bytes"}, "text": {"way": "staged"}},
        "tables": {"library": cloud.library(), "ledger": cloud.ledger()},
    }
    return Deployed(told, lambda service, _: cloud.client(service))


@pytest.fixture
def written(cloud: Cloud, deployed: Deployed) -> LibraryTable:
    return LibraryTable(cloud.client("dynamodb"), deployed.table("library"))


@pytest.fixture
def library(deployed: Deployed) -> Library:
    return Library(deployed)


def test_an_upload_that_nobody_has_seen_has_an_empty_story(library: Library) -> None:
    [story] = library.stories([Version("anna/new.png", "v1")])
    assert (story.image, story.code, story.run, story.settled) == (None, None, None, False)


def test_an_admitted_upload_leads_to_its_image_and_run(written: LibraryTable, library: Library) -> None:
    written.admit(source(RUN, CAT), IMAGE, RUN)
    [story] = library.stories([Version(CAT.key, CAT.version)])
    assert (story.image, story.uploaded_at) == (IMAGE.id, CAT.uploaded_at)
    assert story.run is not None
    assert (story.run.pending, story.run.staged) == (RUN.pending, RUN.staged)


def test_a_refused_upload_tells_the_reason(written: LibraryTable, library: Library) -> None:
    written.refuse(replace(source(RUN, CAT), image=None, run=None, code="unreadable-image", reason="this is a text"))
    [story] = library.stories([Version(CAT.key, CAT.version)])
    assert (story.code, story.reason, story.settled) == ("unreadable-image", "this is a text", True)


def test_a_routed_result_is_read_as_it_was_written(written: LibraryTable, library: Library) -> None:
    written.admit(source(RUN, CAT), IMAGE, RUN)
    told = answered(RUN, "labels")
    written.record(told, Result("labels", "bytes", REMOTE, 97, NOW, NOW + 200), ["Cat"], ["Cat 99%"], NOW + 300)
    [story] = library.stories([Version(CAT.key, CAT.version)])
    found = story.results["labels"]
    assert (found.way, found.region, found.seen, found.result) == ("bytes", REMOTE, ["Cat 99%"], told.result)
    assert (found.asked_at, found.answered_at, found.routed_at) == (NOW, NOW + 200, NOW + 300)


def test_more_uploads_than_one_read_takes_are_told_in_the_order_asked_for(
    written: LibraryTable, library: Library, cloud: Cloud
) -> None:
    written.admit(source(RUN, CAT), IMAGE, RUN)
    versions = [Version(CAT.key, f"v{number}") for number in range(120)]
    for version in versions:
        row = library_rows.source(source(RUN, replace(CAT, version=version.version)))
        cloud.client("dynamodb").put_item(TableName=library.table, Item=typed(row))
    assert [story.version for story in library.stories(versions) if story.image == IMAGE.id] == versions


@pytest.fixture
def ledger(cloud: Cloud, deployed: Deployed) -> LedgerTable:
    return LedgerTable(cloud.client("dynamodb"), deployed.table("ledger"))


def test_a_claim_is_an_attempt_without_an_outcome(ledger: LedgerTable, deployed: Deployed) -> None:
    ledger.claim(KEY, attempt(), NOW + MINUTE)
    assert [tried.outcome for tried in Ledger(deployed).entries([KEY])[KEY].attempts] == [OPEN]


def test_a_settled_attempt_is_read_with_its_outcome(ledger: LedgerTable, deployed: Deployed) -> None:
    ledger.settle(ledger.claim(KEY, attempt(), NOW + MINUTE), "done", "")
    entry = Ledger(deployed).entries([KEY])[KEY]
    assert (entry.answered, entry.attempts[0].sent_bytes) == (1, attempt().sent_bytes)


def test_unpaid_attempts_are_a_count_and_the_last_of_them(ledger: LedgerTable, deployed: Deployed) -> None:
    for _ in range(2):
        ledger.settle(ledger.claim(KEY, attempt(), NOW + MINUTE), "unpaid", "throttled")
    entry = Ledger(deployed).entries([KEY])[KEY]
    assert (entry.attempts, entry.unpaid) == ([], 2)
    assert entry.last_unpaid is not None


def test_what_was_never_asked_has_no_entry(deployed: Deployed) -> None:
    assert Ledger(deployed).entries([KEY]) == {}


def test_a_question_is_foretold_by_the_key_that_its_answer_gets() -> None:
    image = ids.image_id("anna", "c0")
    answer = ids.result_key(image, "labels", CATALOG["labels"].defaults)
    assert question("anna/cat.png", "c0", "labels") == answer
