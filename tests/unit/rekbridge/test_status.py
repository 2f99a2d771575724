"""What `rekbridge status` says of an upload, in text and as JSON."""

from dataclasses import replace

import pytest
from rekbridge.read_models.operation_states import get_upload_state, list_operation_statuses
from rekbridge.read_models.uploads import ObjectVersion, OperationResult, UploadStatus
from rekbridge.status import report
from rekbridge_lambda.domain.ids import ResultKey

from tests.builders import IMAGE, NOW, REMOTE, make_run

VERSION = ObjectVersion("anna/cat.png", "v1")
DONE = OperationResult(
    "labels", "done", "bytes", REMOTE, NOW, NOW + 100, NOW + 400, NOW + 500, ["Cat 99%"], ResultKey("image/labels.json")
)
FAILED = replace(DONE, operation="text", code="refused-by-service", reason="the image is [too] dark", summary=[])
TOO_SMALL = OperationResult(
    "faces", "failed", "", "", NOW, NOW, NOW, NOW, code="image-too-small", reason="40 × 2 px cannot be scaled"
)
RUN = make_run("labels", "text")
NOT_INGESTED = UploadStatus(VERSION)
REJECTED = UploadStatus(VERSION, code="unreadable-image", reason="this is a PDF", uploaded_at=NOW)
PENDING = UploadStatus(
    VERSION, IMAGE.id, None, None, NOW, replace(RUN, pending=frozenset({"text"})), {"labels": DONE, "faces": TOO_SMALL}
)
SETTLED = replace(PENDING, run=replace(RUN, pending=frozenset()), results={"labels": DONE, "text": FAILED})


@pytest.mark.parametrize(
    ("upload", "state"),
    [(NOT_INGESTED, "not_ingested"), (REJECTED, "rejected"), (PENDING, "pending"), (SETTLED, "settled")],
)
def test_an_upload_has_one_of_four_states(upload: UploadStatus, state: str) -> None:
    assert get_upload_state(upload) == state


def test_each_operation_has_its_own_state() -> None:
    states = {one.operation: one.state for one in list_operation_statuses(PENDING, ["labels", "text", "moderation"])}
    assert states == {"labels": "done", "text": "pending", "faces": "failed", "moderation": "not_run"}


def test_an_operation_that_runs_again_is_pending_and_keeps_its_result() -> None:
    again = replace(PENDING, results={"text": FAILED})
    [text] = [one for one in list_operation_statuses(again, []) if one.operation == "text"]
    assert (text.state, text.result) == ("pending", FAILED)


def test_a_rejected_upload_has_no_operations() -> None:
    assert list_operation_statuses(REJECTED, ["labels"]) == []


def test_the_json_has_region_times_and_reason_of_each_operation() -> None:
    operations = report.to_dict(SETTLED, ["labels"])["operations"]
    assert operations["labels"] == {
        "state": "done",
        "transfer": "bytes",
        "region": REMOTE,
        "called_at": "2027-01-15T08:00:00.100Z",
        "responded_at": "2027-01-15T08:00:00.400Z",
        "routed_at": "2027-01-15T08:00:00.500Z",
        "summary": ["Cat 99%"],
        "result_key": "image/labels.json",
        "code": None,
        "reason": None,
    }
    assert (operations["text"]["code"], operations["text"]["reason"]) == (
        "refused-by-service",
        "the image is [too] dark",
    )


def test_an_operation_without_a_call_has_no_region_and_no_times_of_a_call() -> None:
    faces = report.to_dict(PENDING, [])["operations"]["faces"]
    assert (faces["region"], faces["called_at"], faces["responded_at"]) == (None, None, None)


def test_the_json_of_an_upload_that_nobody_ingested_has_the_same_keys() -> None:
    assert report.to_dict(NOT_INGESTED, []).keys() == report.to_dict(SETTLED, []).keys()


def test_the_text_names_image_run_state_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report.print_status(SETTLED, ["labels", "text"])
    printed = capsys.readouterr().out
    assert f"image {IMAGE.id} · run {RUN.id}" in printed
    rows = {line.split()[0]: line for line in printed.splitlines() if line.strip().startswith(("labels", "text"))}
    assert "done" in rows["labels"]
    assert "Cat 99%" in rows["labels"]
    assert "failed" in rows["text"]
    assert "the image is [too] dark" in " ".join(printed.split())


def test_the_text_of_a_rejected_upload_is_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report.print_status(REJECTED, ["labels"])
    assert "unreadable-image: this is a PDF" in capsys.readouterr().out


def test_a_long_summary_is_shortened_and_a_reason_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    long = replace(SETTLED, results={"labels": replace(DONE, summary=["word"] * 50), "text": FAILED})
    report.print_status(long, ["labels", "text"])
    assert "…" in capsys.readouterr().out


def test_a_time_of_another_day_than_the_upload_has_its_date(capsys: pytest.CaptureFixture[str]) -> None:
    report.print_status(replace(SETTLED, uploaded_at=NOW + 86_400_000), ["labels"])
    printed = " ".join(capsys.readouterr().out.split())
    assert "2027-01-15T08:00:00.1" in printed
