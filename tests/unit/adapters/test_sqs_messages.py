import json
from typing import Any

import pytest
from rekbridge_lambda.adapters.sqs.messages import SCHEMA, decode_message, encode_message
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

from tests.builders import make_finished, make_run, make_work


@pytest.mark.parametrize(
    "message", [make_work(make_run()), make_finished(make_run()), make_finished(make_run(), code="gone", reason="猫")]
)
def test_a_message_is_decoded_as_it_was_encoded(message: Any) -> None:
    assert decode_message(type(message), json.loads(encode_message(message))) == message


def test_a_message_carries_its_schema_version() -> None:
    assert json.loads(encode_message(make_work(make_run())))["schema"] == SCHEMA


def make_body(**changes: Any) -> dict[str, Any]:
    return {**json.loads(encode_message(make_work(make_run()))), **changes}


@pytest.mark.parametrize(
    "body",
    [
        {},
        make_body(schema=1),
        make_body(schema=None),
        make_body(extra=1),
        make_body(operation=None),
        make_body(operation=["labels"]),
        make_body(run_id="anna/passport.jpg"),
        make_body(run_id=f"{'f' * 32}#x"),
        {"schema": 2, "run_id": "f" * 32},
        # A message of schema 1, in flight while a deployment is updated.
        make_body(schema=1, owner="anna", image_id="f" * 32, prepared_key="f/p1/f", uploaded_at=1),
    ],
)
def test_a_message_of_another_form_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMessage):
        decode_message(Work, body)


@pytest.mark.parametrize(
    "outcome",
    [{}, {"result_key": ""}, {"result_key": None, "code": None}, {"code": ""}, {"result_key": "key", "code": "gone"}],
)
def test_an_end_with_neither_result_nor_reason_or_with_both_is_unreadable(outcome: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMessage, match="result_key or a code"):
        decode_message(AnalysisFinished, {"schema": SCHEMA, "run_id": "f" * 32, "operation": "labels", **outcome})


def test_the_error_for_another_schema_lists_fields_and_no_values() -> None:
    with pytest.raises(UnreadableMessage, match=r"but schema 1 with the fields owner, schema$") as error:
        decode_message(Work, {"schema": 1, "owner": "anna", "anna/passport.jpg": 1})
    assert "anna" not in str(error.value)


@pytest.mark.parametrize("message", [make_work(make_run()), make_finished(make_run())])
def test_a_message_names_neither_owner_nor_image_of_its_run(message: Any) -> None:
    fields = json.loads(encode_message(message)).keys()
    assert not {"owner", "image_id", "prepared_key"} & fields


def test_the_error_about_another_form_quotes_no_value() -> None:
    with pytest.raises(UnreadableMessage) as error:
        decode_message(Work, make_body(operation=["anna/passport.jpg"], **{"anna/passport.jpg": 1}))
    assert "anna" not in str(error.value)


def test_a_message_contains_the_key_of_the_result_and_not_the_result() -> None:
    assert len(encode_message(make_finished(make_run()))) < 500
