"""What an operator is asked before a plan is applied."""

import io
from typing import Any

import pytest
import typer
from rekbridge.deploy.confirmation import confirm_plan
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.changes import PlannedChanges

from tests.unit.rekbridge.planned_documents import QUEUE, build_change, build_document, build_queue_change

WORK = f'{QUEUE}["work-text"]'
LOSING = build_document(build_queue_change("work-text", "delete"))
HARMLESS = build_document(build_change("aws_iam_role.this", "delete"))


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that was asked. Each is answered with the prefix, or with yes."""
    asked: list[str] = []

    def answer(text: str, **_: Any) -> str:
        asked.append(text)
        return "rekbridge"

    monkeypatch.setattr(typer, "prompt", answer)
    monkeypatch.setattr(typer, "confirm", answer)
    return asked


def confirm(
    document: dict[str, Any], *, yes: bool = False, is_emulator: bool = False, lose_data: tuple[str, ...] = ()
) -> None:
    waiting = {WORK: "3 messages are in rekbridge-work-text"}
    confirm_plan(
        PlannedChanges.from_document(document),
        waiting,
        prefix="rekbridge",
        is_emulator=is_emulator,
        yes=yes,
        lose_data=lose_data,
    )


def test_a_plan_is_confirmed_once(questions: list[str]) -> None:
    confirm(HARMLESS)
    assert questions == ["Apply exactly this?"]


def test_with_yes_a_plan_that_loses_no_data_is_applied_without_a_question(questions: list[str]) -> None:
    confirm(HARMLESS, yes=True)
    assert questions == []


def test_a_plan_without_changes_needs_no_question(questions: list[str]) -> None:
    confirm(build_document())
    assert questions == []


def test_yes_alone_never_loses_data_and_names_what_would_be_lost(questions: list[str]) -> None:
    with pytest.raises(OperatorError, match="3 messages are in rekbridge-work-text") as refused:
        confirm(LOSING, yes=True)
    assert f"--lose-data '{WORK}'" in refused.value.next_step
    assert questions == []


def test_yes_with_each_address_loses_exactly_these(questions: list[str]) -> None:
    confirm(LOSING, yes=True, lose_data=(WORK,))
    both = build_document(build_queue_change("work-text", "delete"), build_queue_change("uploads", "delete"))
    with pytest.raises(OperatorError) as refused:
        confirm(both, yes=True, lose_data=(WORK,))
    assert refused.value.next_step.splitlines()[1:] == [f"--lose-data '{QUEUE}[\"uploads\"]'"]
    assert questions == []


def test_an_operator_loses_data_by_typing_the_prefix(questions: list[str]) -> None:
    confirm(LOSING)
    assert ["type the prefix, rekbridge" in question for question in questions] == [True]


def test_any_other_answer_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: "yes")
    with pytest.raises(OperatorError, match="Nothing was applied"):
        confirm(LOSING)


def test_without_an_answer_nothing_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(typer.Abort):
        confirm(HARMLESS)


def test_an_address_alone_does_not_answer_the_other_question(questions: list[str]) -> None:
    confirm(LOSING, lose_data=(WORK,))
    assert questions == ["Apply exactly this?"]


@pytest.mark.parametrize("deployed", [None, {"ephemeral": True}, {"of": "an older version"}])
def test_an_emulators_deployment_needs_no_confirmation(deployed: dict[str, Any] | None, questions: list[str]) -> None:
    confirm(build_document(build_queue_change("work-text", "delete"), deployed=deployed), is_emulator=True)
    assert questions == []


def test_an_emulators_deployment_that_is_not_ephemeral_keeps_its_data() -> None:
    document = build_document(build_queue_change("work-text", "delete"), deployed={"ephemeral": False})
    with pytest.raises(OperatorError, match="Nothing was applied"):
        confirm(document, is_emulator=True)
    confirm(document, is_emulator=True, lose_data=(WORK,))


def test_an_ephemeral_deployment_in_an_account_needs_the_confirmation(questions: list[str]) -> None:
    document = build_document(build_queue_change("work-text", "delete"), deployed={"ephemeral": True})
    with pytest.raises(OperatorError, match="Nothing was applied"):
        confirm(document, yes=True)
