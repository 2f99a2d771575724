"""The read models find the rows that the Lambda functions wrote, by the same keys."""

from dataclasses import replace

import pytest
from rekbridge.read_models.claims import NO_OUTCOME, make_default_result_key, open_claims
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader
from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.adapters.dynamodb.items import serialize
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.results import Result

from tests.builders import (
    HOME,
    IMAGE,
    MINUTE,
    NOW,
    REMOTE,
    make_attempt,
    make_finished,
    make_run,
    make_source,
    make_upload,
)
from tests.contract.cloud import Cloud

KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")
RUN = make_run("labels", "text")
CAT = make_upload()


@pytest.fixture
def deployment(cloud: Cloud) -> Deployment:
    exports = {
        "regions": {"home": HOME, "remote": REMOTE},
        "operations": {"labels": {"transfer": "bytes"}, "text": {"transfer": "staged"}},
        "tables": {"library": cloud.create_library_table(), "claims": cloud.create_claims_table()},
    }
    return Deployment(exports, lambda service, _: cloud.client(service))


@pytest.fixture
def library(cloud: Cloud, deployment: Deployment) -> LibraryTable:
    return LibraryTable(cloud.client("dynamodb"), deployment.get_table("library"))


@pytest.fixture
def uploads(deployment: Deployment) -> UploadReader:
    return UploadReader(deployment)


def test_an_unknown_upload_has_an_empty_status(uploads: UploadReader) -> None:
    [status] = uploads.find_statuses([ObjectVersion("anna/new.png", "v1")])
    assert (status.image_id, status.code, status.run, status.is_settled) == (None, None, None, False)


def test_an_admitted_upload_has_its_image_and_run(library: LibraryTable, uploads: UploadReader) -> None:
    library.admit_upload(make_source(RUN, CAT), IMAGE, RUN)
    [status] = uploads.find_statuses([ObjectVersion(CAT.key, CAT.version)])
    assert (status.image_id, status.uploaded_at) == (IMAGE.id, CAT.uploaded_at)
    assert status.run is not None
    assert (status.run.pending, status.run.staged_copies) == (RUN.pending, RUN.staged_copies)


def test_a_rejected_upload_has_its_reason(library: LibraryTable, uploads: UploadReader) -> None:
    library.store_rejection(
        replace(make_source(RUN, CAT), image_id=None, run_id=None, code="unreadable-image", reason="this is a text")
    )
    [status] = uploads.find_statuses([ObjectVersion(CAT.key, CAT.version)])
    assert (status.code, status.reason, status.is_settled) == ("unreadable-image", "this is a text", True)


def test_a_routed_result_is_read_with_all_its_attributes(library: LibraryTable, uploads: UploadReader) -> None:
    library.admit_upload(make_source(RUN, CAT), IMAGE, RUN)
    finished = make_finished(RUN, "labels")
    library.store_result(
        RUN, finished, Result("labels", "bytes", REMOTE, 97, NOW, NOW + 200), ["Cat"], ["Cat 99%"], NOW + 300
    )
    [status] = uploads.find_statuses([ObjectVersion(CAT.key, CAT.version)])
    result = status.results["labels"]
    assert (result.transfer, result.region, result.summary, result.result_key) == (
        "bytes",
        REMOTE,
        ["Cat 99%"],
        finished.result_key,
    )
    assert (result.called_at, result.responded_at, result.routed_at) == (NOW, NOW + 200, NOW + 300)


def test_more_uploads_than_one_batch_are_returned_in_the_given_order(
    library: LibraryTable, uploads: UploadReader, cloud: Cloud
) -> None:
    library.admit_upload(make_source(RUN, CAT), IMAGE, RUN)
    versions = [ObjectVersion(CAT.key, f"v{number}") for number in range(120)]
    for version in versions:
        row = library_rows.build_source_row(make_source(RUN, replace(CAT, version=version.version)))
        cloud.client("dynamodb").put_item(TableName=uploads.reader.table, Item=serialize(row))
    assert [status.version for status in uploads.find_statuses(versions) if status.image_id == IMAGE.id] == versions


@pytest.fixture
def claims(cloud: Cloud, deployment: Deployment) -> ClaimsTable:
    return ClaimsTable(cloud.client("dynamodb"), deployment.get_table("claims"))


def test_a_claim_in_progress_is_an_attempt_without_an_outcome(claims: ClaimsTable, deployment: Deployment) -> None:
    claims.claim(KEY, make_attempt(), NOW + MINUTE)
    assert [stored.outcome for stored in open_claims(deployment).load_claims([KEY])[KEY].attempts] == [NO_OUTCOME]


def test_a_completed_attempt_has_its_outcome(claims: ClaimsTable, deployment: Deployment) -> None:
    claims.complete(claims.claim(KEY, make_attempt(), NOW + MINUTE), "done", "")
    claim = open_claims(deployment).load_claims([KEY])[KEY]
    assert (claim.done_count, claim.attempts[0].sent_bytes) == (1, make_attempt().sent_bytes)


def test_unpaid_attempts_are_counted_and_the_last_is_kept(claims: ClaimsTable, deployment: Deployment) -> None:
    for _ in range(2):
        claims.complete(claims.claim(KEY, make_attempt(), NOW + MINUTE), "unpaid", "throttled")
    claim = open_claims(deployment).load_claims([KEY])[KEY]
    assert (claim.attempts, claim.unpaid) == ([], 2)
    assert claim.last_unpaid is not None


def test_a_result_without_a_claim_is_left_out(deployment: Deployment) -> None:
    assert open_claims(deployment).load_claims([KEY]) == {}


def test_the_default_result_key_is_the_key_of_the_stored_result() -> None:
    result_key = ids.make_result_key(IMAGE.id, "labels", CATALOG["labels"].defaults)
    assert make_default_result_key(IMAGE.id, "labels") == result_key
