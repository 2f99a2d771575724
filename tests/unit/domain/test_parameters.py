"""The caller's parameters against botocore's validation, and against the engine's, which knows maxima and patterns."""

import base64
import json
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import CATALOG, Operation
from rekbridge_lambda.domain.parameters import KINDS, asked, canonical, normalized

from engine import validation
from engine.errors import ServiceError
from tests.builders import planned

MODEL = botocore.session.get_session().get_service_model("rekognition")
ARN = "arn:aws:rekognition:eu-west-1:000000000000:project/cats/version/cats.1/1700000000000"
FLOW = {"HumanLoopName": "review-1", "FlowDefinitionArn": "arn:aws:sagemaker:eu-west-1:000000000000:flow-definition/x"}

STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, "", "x", [], {}, {"x": 1}, -1, 0, 2.5, 70.0, 10**18, float("inf"), float("nan"), ["x"]]
)


def values(limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what the limits ask for, on them and beyond them; now and then anything."""
    return st.integers(0, 15).flatmap(lambda luck: plausible(limits) if luck else STRANGE)


def plausible(limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    match limits["type"]:
        case "structure":
            members = {name: values(member) for name, member in limits["members"].items()}
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(values(limits["items"]), max_size=4)
        case "string":
            return st.sampled_from([*limits.get("enum", ()), ARN, "Cat", "no_such", "x" * 51, *FLOW.values()])
    whole = [limits.get("min", 0), limits.get("max", 7), 1, limits.get("max", 7) + 1]
    return st.sampled_from([*whole, *([0.5] if limits["type"] == "float" else [])])


def requests() -> st.SearchStrategy[tuple[Operation, dict[str, Any]]]:
    def of(operation: Operation) -> st.SearchStrategy[tuple[Operation, dict[str, Any]]]:
        whole = {"type": "structure", "members": operation.parameters}
        return st.tuples(st.just(operation), plausible(whole))

    return st.sampled_from(list(CATALOG.values())).flatmap(of)


def ours(operation: Operation, parameters: dict[str, Any]) -> bool:
    try:
        normalized(operation, parameters)
    except InvalidParameter:
        return False
    return True


def theirs(operation: Operation, parameters: dict[str, Any]) -> bool:
    """Whether botocore sends it and the engine, which checks what botocore leaves to AWS, takes it."""
    shape = MODEL.operation_model(operation.action).input_shape
    assert shape is not None
    parameters = canonical(parameters)
    request = parameters | {image: {"Bytes": b"x"} for image in operation.images}
    if ParamValidator().validate(request, shape).has_errors():
        return False
    coded = parameters | {image: {"Bytes": base64.b64encode(b"x").decode()} for image in operation.images}
    try:
        validation.check(validation.decoded(json.loads(json.dumps(coded, allow_nan=False)), shape), shape)
    except (ServiceError, ValueError):
        return False
    # What neither looks at: AWS's integers have 32 bits.
    return str(10**18) not in str(parameters)


@given(requests())
def test_takes_exactly_what_botocore_and_aws_take(asked: tuple[Operation, dict[str, Any]]) -> None:
    assert ours(*asked) == theirs(*asked)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("labels", {"MaxLabels": 1, "Features": ["IMAGE_PROPERTIES"], "Settings": {"ImageProperties": {}}}),
        ("labels", {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["Cat", "Crème d'or"]}}}),
        ("faces", {"Attributes": ["GENDER", "ALL"]}),
        ("text", {"Filters": {"RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0.5}]}]}}),
        ("moderation", {"MinConfidence": 0, "ProjectVersion": ARN}),
        ("protective-equipment", {"SummarizationAttributes": {"MinConfidence": 1, "RequiredEquipmentTypes": []}}),
        ("custom-labels", {"ProjectVersionArn": ARN}),
        ("compare-faces", {"SimilarityThreshold": 100, "QualityFilter": "AUTO"}),
    ],
)
def test_takes_what_rekognition_takes(name: str, parameters: dict[str, Any]) -> None:
    assert normalized(CATALOG[name], parameters) == parameters


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("labels", {"MaxLabel": 5}, "takes no 'MaxLabel', only MaxLabels, MinConfidence, Features, Settings"),
        ("celebrities", {"MaxLabels": 5}, "the request takes no 'MaxLabels'"),
        ("labels", {"MinConfidence": 101}, "MinConfidence has to be 0 to 100, not 101"),
        ("labels", {"MinConfidence": "70"}, "MinConfidence has to be a number, not '70'"),
        ("labels", {"MinConfidence": float("nan")}, "MinConfidence has to be a number of -2147483647 to 2147483647"),
        (
            "text",
            {"Filters": {"WordFilter": {"MinBoundingBoxWidth": 10**400}}},
            "MinBoundingBoxWidth has to be a number",
        ),
        ("labels", {"MaxLabels": 2**31}, "MaxLabels has to be a number of"),
        ("labels", {"MaxLabels": -1}, "MaxLabels has to be 0 or more, not -1"),
        ("labels", {"MaxLabels": 5.5}, "MaxLabels has to be an integer, not 5.5"),
        ("labels", {"MaxLabels": True}, "MaxLabels has to be an integer, not True"),
        ("labels", {"MaxLabels": None}, "MaxLabels has to be an integer, not None"),
        ("labels", {"Features": ["A"]}, r"Features\[0\] has to be one of GENERAL_LABELS, IMAGE_PROPERTIES, not 'A'"),
        ("labels", {"Features": ["IMAGE_PROPERTIES"] * 3}, "the number of items in Features has to be 0 to 2, not 3"),
        ("labels", {"Settings": {"ImageProperties": {"MaxDominantColors": 21}}}, r"Settings\.ImageProperties\.Max"),
        ("moderation", {"HumanLoopConfig": {}}, "HumanLoopConfig needs HumanLoopName"),
        ("custom-labels", {}, "the request needs ProjectVersionArn"),
        ("custom-labels", {"ProjectVersionArn": "x" * 30}, "ProjectVersionArn has to match"),
        ("custom-labels", {"ProjectVersionArn": "x"}, "the length of ProjectVersionArn has to be 20 to 2048, not 1"),
    ],
)
def test_names_the_parameter_and_what_would_do(name: str, parameters: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidParameter, match=says):
        normalized(CATALOG[name], parameters)


def test_tells_of_many_faults_only_the_first_few() -> None:
    with pytest.raises(InvalidParameter, match="and 95 more") as caught:
        normalized(CATALOG["faces"], {"Attributes": ["NOSE"] * 100})
    assert len(str(caught.value)) < 2000


def test_tells_of_five_faults_all() -> None:
    with pytest.raises(InvalidParameter) as caught:
        normalized(CATALOG["faces"], {"Attributes": ["NOSE"] * 5})
    assert (str(caught.value).count("not 'NOSE'"), "more" in str(caught.value)) == (5, False)


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    assert str(normalized(CATALOG["labels"], {"MinConfidence": 70.0})) == "{'MinConfidence': 70}"
    assert normalized(CATALOG["labels"], {"MinConfidence": 70.5}) == {"MinConfidence": 70.5}


def test_every_type_of_the_catalog_is_known() -> None:
    def types(limits: dict[str, Any]) -> set[str]:
        below = [*limits.get("members", {}).values(), *([limits["items"]] if "items" in limits else [])]
        return {limits["type"]}.union(*map(types, below))

    found = set[str]().union(*(types(row) for name in CATALOG.values() for row in name.parameters.values()))
    assert found <= KINDS.keys()


def test_a_caller_who_wants_image_properties_alone_is_given_no_limit_on_labels() -> None:
    named = {"Features": ["IMAGE_PROPERTIES"]}
    assert asked(planned("labels"), named).parameters == named


def test_what_a_caller_names_stands_above_what_is_deployed() -> None:
    parameters = asked(planned("labels", MaxLabels=7), {"MinConfidence": 90}).parameters
    assert parameters == {"MaxLabels": 7, "MinConfidence": 90}
