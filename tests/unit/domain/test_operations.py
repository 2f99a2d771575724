import pytest
from rekbridge_lambda.domain.errors import UnknownOperation
from rekbridge_lambda.domain.operations import CATALOG, Allowance, named, plan, planned

from tests import builders
from tests.builders import PLAN, REMOTE

TEXT = {
    "way": "staged",
    "regions": {REMOTE: {"tps": 50, "weight": 2}},
    "settings": {},
    "queue": "https://q",
    "dead": "https://q-dead",
}


def test_reads_what_terraform_writes() -> None:
    read = plan(builders.packed({"text": TEXT}))
    assert (read["text"].operation.action, read["text"].way, read["text"].dead) == (
        "DetectText",
        "staged",
        "https://q-dead",
    )


def test_reads_what_each_region_takes() -> None:
    assert plan(builders.packed({"text": TEXT}))["text"].regions == {REMOTE: Allowance(50, 2)}


def test_a_plan_knows_only_operations_of_the_catalog() -> None:
    with pytest.raises(UnknownOperation, match="labels, faces"):
        plan(builders.packed({"colours": TEXT}))


def test_an_operation_that_is_not_deployed_names_those_that_are() -> None:
    with pytest.raises(UnknownOperation, match="deployed are labels, faces, text"):
        planned(PLAN, "moderation")


def test_the_staged_way_takes_larger_files() -> None:
    text = named("text")
    assert text.limits_for("staged").bytes == 3 * text.limits_for("bytes").bytes


@pytest.mark.parametrize("name", CATALOG)
def test_every_operation_has_limits_for_both_ways(name: str) -> None:
    assert CATALOG[name].limits_for("bytes").bytes <= CATALOG[name].limits_for("staged").bytes


def test_settings_stand_beside_the_defaults_and_above_them() -> None:
    assert builders.planned("labels", MaxLabels=7).parameters == {"MaxLabels": 7, "MinConfidence": 70}


@pytest.mark.parametrize("features", [["GENERAL_LABELS"], ["IMAGE_PROPERTIES", "GENERAL_LABELS"]])
def test_labels_are_limited_by_default_where_they_are_asked_for(features: list[str]) -> None:
    parameters = builders.planned("labels", Features=features).parameters
    assert parameters == {"Features": features, "MaxLabels": 50, "MinConfidence": 70}


def test_image_properties_alone_are_asked_for_without_a_limit_on_labels() -> None:
    assert builders.planned("labels", Features=["IMAGE_PROPERTIES"]).parameters == {"Features": ["IMAGE_PROPERTIES"]}
