"""Validation of parameters, compared with botocore's and with the engine's, which checks maxima and patterns too."""

import base64
import json
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_engine import validation
from rekbridge_engine.errors import ServiceError
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import CATALOG, Operation
from rekbridge_lambda.domain.parameters import JSON_TYPES, apply_parameters, canonicalize, normalize_parameters

from tests.builders import make_operation

MODEL = botocore.session.get_session().get_service_model("rekognition")
ARN = "arn:aws:rekognition:eu-west-1:000000000000:project/cats/version/cats.1/1700000000000"
FLOW = {"HumanLoopName": "review-1", "FlowDefinitionArn": "arn:aws:sagemaker:eu-west-1:000000000000:flow-definition/x"}

UNEXPECTED_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, "", "x", [], {}, {"x": 1}, -1, 0, 2.5, 70.0, 10**18, float("inf"), float("nan"), ["x"]]
)


def draw_values(limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly values within, on and beyond the limits; sometimes any value."""
    return st.integers(0, 15).flatmap(lambda die: draw_plausible_values(limits) if die else UNEXPECTED_VALUES)


def draw_plausible_values(limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    match limits["type"]:
        case "structure":
            members = {name: draw_values(member) for name, member in limits["members"].items()}
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(draw_values(limits["items"]), max_size=4)
        case "string":
            return st.sampled_from([*limits.get("enum", ()), ARN, "Cat", "no_such", "x" * 51, *FLOW.values()])
    whole = [limits.get("min", 0), limits.get("max", 7), 1, limits.get("max", 7) + 1]
    return st.sampled_from([*whole, *([0.5] if limits["type"] == "float" else [])])


def draw_requests() -> st.SearchStrategy[tuple[Operation, dict[str, Any]]]:
    def draw_parameters(operation: Operation) -> st.SearchStrategy[tuple[Operation, dict[str, Any]]]:
        whole = {"type": "structure", "members": operation.parameters}
        return st.tuples(st.just(operation), draw_plausible_values(whole))

    return st.sampled_from(list(CATALOG.values())).flatmap(draw_parameters)


def accepts_request(operation: Operation, parameters: dict[str, Any]) -> bool:
    try:
        normalize_parameters(operation, parameters)
    except InvalidParameter:
        return False
    return True


def aws_accepts_request(operation: Operation, parameters: dict[str, Any]) -> bool:
    """Whether botocore sends it, and the engine, which checks what botocore leaves to AWS, accepts it."""
    shape = MODEL.operation_model(operation.action).input_shape
    assert shape is not None
    parameters = canonicalize(parameters)
    request = parameters | {image: {"Bytes": b"x"} for image in operation.image_parameters}
    if ParamValidator().validate(request, shape).has_errors():
        return False
    encoded = parameters | {image: {"Bytes": base64.b64encode(b"x").decode()} for image in operation.image_parameters}
    try:
        validation.check_constraints(
            validation.decode_request(json.loads(json.dumps(encoded, allow_nan=False)), shape), shape
        )
    except (ServiceError, ValueError):
        return False
    # Neither checks this: AWS's integers have 32 bits.
    return str(10**18) not in str(parameters)


@given(draw_requests())
def test_accepts_exactly_what_botocore_and_aws_accept(
    operation_and_parameters: tuple[Operation, dict[str, Any]],
) -> None:
    assert accepts_request(*operation_and_parameters) == aws_accepts_request(*operation_and_parameters)


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
def test_accepts_what_rekognition_accepts(name: str, parameters: dict[str, Any]) -> None:
    assert normalize_parameters(CATALOG[name], parameters) == parameters


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
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
def test_the_error_names_the_parameter_and_what_is_valid(name: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        normalize_parameters(CATALOG[name], parameters)


def test_the_error_lists_only_the_first_of_many_faults() -> None:
    with pytest.raises(InvalidParameter, match="and 95 more") as error:
        normalize_parameters(CATALOG["faces"], {"Attributes": ["NOSE"] * 100})
    assert len(str(error.value)) < 2000


def test_the_error_lists_all_of_five_faults() -> None:
    with pytest.raises(InvalidParameter) as error:
        normalize_parameters(CATALOG["faces"], {"Attributes": ["NOSE"] * 5})
    assert (str(error.value).count("not 'NOSE'"), "more" in str(error.value)) == (5, False)


def test_a_whole_float_becomes_an_integer() -> None:
    assert str(normalize_parameters(CATALOG["labels"], {"MinConfidence": 70.0})) == "{'MinConfidence': 70}"
    assert normalize_parameters(CATALOG["labels"], {"MinConfidence": 70.5}) == {"MinConfidence": 70.5}


def test_every_type_in_the_catalog_has_a_json_type() -> None:
    def list_types(limits: dict[str, Any]) -> set[str]:
        nested = [*limits.get("members", {}).values(), *([limits["items"]] if "items" in limits else [])]
        return {limits["type"]}.union(*map(list_types, nested))

    types = set[str]().union(*(list_types(row) for name in CATALOG.values() for row in name.parameters.values()))
    assert types <= JSON_TYPES.keys()


def test_a_request_for_image_properties_only_gets_no_limit_on_labels() -> None:
    parameters = {"Features": ["IMAGE_PROPERTIES"]}
    assert apply_parameters(make_operation("labels"), parameters).parameters == parameters


def test_parameters_of_a_request_override_deployed_parameters() -> None:
    parameters = apply_parameters(make_operation("labels", MaxLabels=7), {"MinConfidence": 90}).parameters
    assert parameters == {"MaxLabels": 7, "MinConfidence": 90}
