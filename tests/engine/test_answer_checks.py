"""Ordered answers against AWS's output shapes: what is refused, and the place that is named."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rekbridge_engine import protocol
from rekbridge_engine.answer_checks import JSON_TYPES, check_answer

from tests.engine.engine_process import OPERATIONS

LABEL = {"Name": "Cat", "Confidence": 99.5, "Parents": [{"Name": "Animal"}], "Instances": [], "Aliases": []}


def check(operation: str, answer: Any, is_patch: bool = False) -> None:
    check_answer(answer, protocol.get_operation_model(operation).output_shape, "answer", is_patch)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("DetectLabels", {"Labels": [LABEL], "LabelModelVersion": "3.0"}),
        ("DetectLabels", {"Labels": []}),
        ("DetectLabels", {}),
        ("DetectText", {"TextDetections": [{"DetectedText": "Grüße, 世界 \ud83d\ude00", "Type": "LINE", "Id": 0}]}),
        ("DetectFaces", {"FaceDetails": [{"AgeRange": {"Low": 20, "High": 28}, "Smile": {"Value": True}}]}),
        ("DetectFaces", {"FaceDetails": [{"Confidence": 100, "Pose": {"Roll": -180, "Yaw": 0.5}}]}),
    ],
)
def test_answer_that_aws_could_send_is_accepted(operation: str, answer: Any) -> None:
    check(operation, answer)


@pytest.mark.parametrize(
    ("operation", "answer", "message"),
    [
        ("DetectLabels", [], "answer must be an object, not a list of 0"),
        ("DetectLabels", {"Label": []}, "answer.Label is not a member of AWS's DetectLabelsResponse; its members: "),
        ("DetectLabels", {"Labels": None}, "answer.Labels must be a list, not null"),
        ("DetectLabels", {"Labels": {}}, "answer.Labels must be a list, not an object of 0"),
        ("DetectLabels", {"Labels": [LABEL, LABEL | {"Name": 7}]}, "answer.Labels[1].Name must be a string, not 7"),
        ("DetectLabels", {"Labels": [LABEL | {"Confidence": "99"}]},
         "answer.Labels[0].Confidence must be a number, not '99'"),
        ("DetectLabels", {"Labels": [LABEL | {"Confidence": True}]}, "Confidence must be a number, not True"),
        ("DetectLabels", {"Labels": [LABEL | {"Confidence": 100.5}]},
         "answer.Labels[0].Confidence: Member must have value less than or equal to 100, but it is 100.5"),
        ("DetectLabels", {"Labels": [LABEL | {"Parents": [{"Name": "Animal", "Age": 3}]}]},
         "answer.Labels[0].Parents[0].Age is not a member of AWS's Parent; its members: Name"),
        ("DetectText", {"TextDetections": [{"Type": "PAGE"}]},
         "answer.TextDetections[0].Type: Member must satisfy enum value set: [LINE, WORD], but it is 'PAGE'"),
        ("DetectText", {"TextDetections": [{"Id": 1.0}]}, "Id must be a whole number of 32 bits, not 1.0"),
        ("DetectText", {"TextDetections": [{"Id": -1}]}, "Member must have value greater than or equal to 0"),
        ("DetectText", {"TextDetections": [{"Id": 2**31}]}, "Id must be a whole number of 32 bits, not 2147483648"),
        ("DetectFaces", {"FaceDetails": [{"Smile": {"Value": "true"}}]}, "Value must be true or false, not 'true'"),
        ("DetectModerationLabels", {"ProjectVersion": "v1"}, "answer.ProjectVersion: Member must have length greater"),
    ],
)  # fmt: skip
def test_answer_that_aws_cannot_send_is_refused_with_its_place(operation: str, answer: Any, message: str) -> None:
    with pytest.raises(ValueError, match="answer") as raised:
        check(operation, answer)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), -float("inf"), 1e39, 10**400], ids=lambda number: str(number)[:9]
)
def test_number_that_is_none_in_json_is_refused(number: float) -> None:
    # A box has no range of its own, so only the check of the type can find it.
    box = {"BoundingBox": {"Left": number}}
    with pytest.raises(ValueError, match=r"answer\.FaceDetails\[0\]\.BoundingBox\.Left must be a number, not "):
        check("DetectFaces", {"FaceDetails": [box]})


def test_message_about_a_long_value_is_short() -> None:
    with pytest.raises(ValueError, match="Confidence must be a number") as raised:
        check("DetectLabels", {"Labels": [LABEL | {"Confidence": "9" * 1_000_000}]})
    assert len(str(raised.value)) < 200


def test_patch_may_remove_a_member_with_null() -> None:
    check("DetectLabels", {"ImageProperties": {"Quality": None}, "Labels": None}, is_patch=True)


def test_patch_may_not_have_null_in_a_list() -> None:
    with pytest.raises(ValueError, match=r"answer\.Labels\[0\]\.Name must be a string, not null"):
        check("DetectLabels", {"Labels": [{"Name": None}]}, is_patch=True)


# A structure with one required member: no output of today's service model has one.
NEEDY = SimpleNamespace(type_name="structure", name="Needy", metadata={}, members={}, required_members=["Labels"])


def test_missing_required_member_is_refused_but_in_a_patch() -> None:
    check_answer({}, NEEDY, "merge", is_patch=True)
    with pytest.raises(ValueError, match=r"answer\.Labels is missing; AWS always sends it"):
        check_answer({}, NEEDY, "answer")


def iterate_types(shape: Any) -> Iterator[str]:
    yield shape.type_name
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from iterate_types(member)
    elif shape.type_name == "list":
        yield from iterate_types(shape.member)


@pytest.mark.parametrize("action", [row["action"] for row in OPERATIONS.values()])
def test_every_type_in_an_output_can_be_checked(action: str) -> None:
    assert set(iterate_types(protocol.get_operation_model(action).output_shape)) <= JSON_TYPES.keys()
