from dataclasses import replace

from rekbridge.demo import tables
from rekbridge.read_models.claims import ClaimRecord, RecordedAttempt
from rekbridge.testing.reconciliation import CallTotal, sum_claims
from rekbridge_lambda.domain.ids import ResultKey
from rich.console import Console
from rich.table import Table

from tests.unit.rekbridge.demo_outcomes import DONE, REFUSED, UNKNOWN, WAITING, with_result


def render(table: Table) -> str:
    console = Console(width=150)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_a_row_has_transfer_region_summary_times_and_the_state_of_the_staged_copy() -> None:
    assert list(tables.format_rows(DONE)) == [("text", "staged", "eu-west-1", "Chapter · III", "400", "250", "deleted")]


def test_a_result_of_an_earlier_upload_has_no_times() -> None:
    again = replace(DONE, status=replace(DONE.status, uploaded_at=9000))
    [row] = tables.format_rows(again)
    assert row[4:6] == ("before", "–")


def test_a_staged_copy_that_is_left_is_shown() -> None:
    [row] = tables.format_rows(replace(DONE, staged_copies=frozenset({"a copy"})))
    assert row[-1] == "[red]1 left[/]"


def test_an_image_sent_as_bytes_has_no_staged_copy() -> None:
    [row] = tables.format_rows(with_result(transfer="bytes"))
    assert row[-1] == tables.EMPTY


def test_an_empty_result_is_shown_as_nothing() -> None:
    [row] = tables.format_rows(with_result(summary=[]))
    assert row[3] == "[dim]nothing[/]"


def test_a_failed_operation_shows_its_reason() -> None:
    [row] = tables.format_rows(with_result(code="refused-by-service", reason="Invalid image encoding"))
    assert "Invalid image encoding" in row[3]


def test_a_long_summary_is_cut_off() -> None:
    [row] = tables.format_rows(with_result(summary=["a long line of text"] * 3))
    assert len(row[3]) <= tables.MAX_SUMMARY_LENGTH
    assert row[3].endswith("…")


def test_a_refused_file_shows_its_reason_verbatim() -> None:
    assert "this is a text [not an image]" in render(tables.build_result_table([REFUSED]))


def test_an_image_without_results_is_shown() -> None:
    assert "no result yet" in render(tables.build_result_table([WAITING, UNKNOWN]))


def test_an_image_is_named_only_in_its_first_row() -> None:
    both = replace(
        DONE, status=replace(DONE.status, results={**DONE.status.results, "faces": DONE.status.results["text"]})
    )
    assert render(tables.build_result_table([both])).count("anna/cat.jpg") == 1


def test_numbers_of_the_claims_table_are_beside_those_of_rekognitions_log() -> None:
    attempt = RecordedAttempt("text", "eu-west-3", "eu-west-1", "staged", 1234, 1, "done")
    shown = render(
        tables.build_transfer_table(
            sum_claims({}, {ResultKey("a"): ClaimRecord([attempt])}),
            {("text", "staged", "eu-west-1"): CallTotal(7, 8638)},
        )
    )
    [row] = [line.split() for line in shown.splitlines() if "staged" in line]
    assert row[:5] == ["text", "staged", "eu-west-3", "→", "eu-west-1"]
    assert row[5:] == ["1", "done", "1", "1,234", "1", "1,234", "7", "8,638"]
