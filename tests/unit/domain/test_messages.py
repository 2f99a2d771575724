import json
from typing import Any

import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.messages import SCHEMA, Answered, Work

from tests.builders import answered, run, work


@pytest.mark.parametrize("message", [work(run()), answered(run()), answered(run(), code="gone", reason="猫")])
def test_a_message_is_read_as_it_was_written(message: Work | Answered) -> None:
    assert type(message).read(json.loads(message.body())) == message


def test_a_message_carries_its_schema_version() -> None:
    assert json.loads(work(run()).body())["schema"] == SCHEMA


def written(**changed: Any) -> dict[str, Any]:
    return {**json.loads(work(run()).body()), **changed}


@pytest.mark.parametrize(
    "body", [{}, written(schema=2), written(schema=None), written(extra=1), {"schema": 1, "run": "r"}]
)
def test_a_message_of_another_form_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMessage):
        Work.read(body)


def test_a_message_of_another_version_is_told_by_its_fields_and_by_no_value() -> None:
    with pytest.raises(UnreadableMessage, match=r"but schema 2 with the fields owner, schema$") as told:
        Work.read({"schema": 2, "owner": "anna", "anna/passport.jpg": 1})
    assert "anna" not in str(told.value)


def test_a_message_holds_no_result_but_points_at_it() -> None:
    assert len(answered(run()).body()) < 500
