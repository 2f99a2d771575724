from dataclasses import replace

from rekbridge.demo import tables
from rekbridge.demo.reconciliation import Sum, lines
from rekbridge.read_models.ledger import Attempted, Entry
from rich.console import Console
from rich.table import Table

from tests.unit.rekbridge.demo_stories import DONE, REFUSED, UNSEEN, WAITING, with_result


def printed(table: Table) -> str:
    console = Console(width=150)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_a_line_tells_way_region_words_times_and_that_the_copy_is_gone() -> None:
    assert list(tables.rows(DONE)) == [("text", "staged", "eu-west-1", "Chapter · III", "400", "250", "gone")]


def test_a_result_of_an_earlier_upload_has_no_time_of_its_own() -> None:
    again = replace(DONE, story=replace(DONE.story, uploaded_at=9000))
    [row] = tables.rows(again)
    assert row[4:6] == ("before", "–")


def test_a_staged_copy_that_is_still_there_is_shown() -> None:
    [row] = tables.rows(replace(DONE, left=frozenset({"a copy"})))
    assert row[-1] == "[red]1 there[/]"


def test_an_image_that_went_by_bytes_never_had_a_staged_copy() -> None:
    [row] = tables.rows(with_result(way="bytes"))
    assert row[-1] == tables.NONE


def test_nothing_seen_is_an_answer_in_words() -> None:
    [row] = tables.rows(with_result(seen=[]))
    assert row[3] == "[dim]nothing[/]"


def test_a_failed_operation_shows_its_reason() -> None:
    [row] = tables.rows(with_result(code="refused-by-service", reason="Invalid image encoding"))
    assert "Invalid image encoding" in row[3]


def test_long_lines_are_cut() -> None:
    [row] = tables.rows(with_result(seen=["every day, and whatever I asked for"] * 3))
    assert len(row[3]) <= tables.LONGEST_SEEN
    assert row[3].endswith("…")


def test_a_refused_file_shows_its_reason_word_for_word() -> None:
    assert "this is a text [not an image]" in printed(tables.results([REFUSED]))


def test_an_image_without_any_result_is_not_left_out() -> None:
    assert "nothing yet" in printed(tables.results([WAITING, UNSEEN]))


def test_an_image_is_named_once_and_its_operations_follow() -> None:
    both = replace(DONE, story=replace(DONE.story, results={**DONE.story.results, "faces": DONE.story.results["text"]}))
    assert printed(tables.results([both])).count("anna/cat.jpg") == 1


def test_the_ledger_stands_beside_what_rekognition_counted() -> None:
    attempt = Attempted("text", "eu-west-3", "eu-west-1", "staged", 1234, 1, "done")
    shown = printed(
        tables.bytes_sent(lines({}, {"a": Entry([attempt])}), {("text", "staged", "eu-west-1"): Sum(7, 8638)})
    )
    [row] = [line.split() for line in shown.splitlines() if "staged" in line]
    assert row[:5] == ["text", "staged", "eu-west-3", "→", "eu-west-1"]
    assert row[5:] == ["1", "done", "1", "1,234", "1", "1,234", "7", "8,638"]
