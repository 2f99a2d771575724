import pytest
from rekbridge_lambda.config import load_operations
from rekbridge_lambda.domain.errors import UnknownOperation
from rekbridge_lambda.domain.operations import (
    CATALOG,
    RegionQuota,
    get_catalog_operation,
    get_operation,
)

from tests import builders
from tests.builders import OPERATIONS, REMOTE

TEXT = {
    "transfer": "staged",
    "regions": {REMOTE: {"tps": 50, "weight": 2}},
    "settings": {},
    "queue_url": "https://q",
    "dlq_url": "https://q-dlq",
}


def test_loads_what_terraform_writes() -> None:
    operations = load_operations(builders.pack_operations({"text": TEXT}))
    assert (operations["text"].definition.action, operations["text"].transfer, operations["text"].dlq_url) == (
        "DetectText",
        "staged",
        "https://q-dlq",
    )


def test_loads_the_quota_of_each_region() -> None:
    assert load_operations(builders.pack_operations({"text": TEXT}))["text"].regions == {REMOTE: RegionQuota(50, 2)}


def test_only_operations_of_the_catalog_can_be_deployed() -> None:
    with pytest.raises(UnknownOperation, match="labels, faces"):
        load_operations(builders.pack_operations({"colours": TEXT}))


def test_an_operation_that_is_not_deployed_names_those_that_are() -> None:
    with pytest.raises(UnknownOperation, match="deployed are labels, faces, text"):
        get_operation(OPERATIONS, "moderation")


def test_the_staged_transfer_accepts_larger_files() -> None:
    text = get_catalog_operation("text")
    assert text.get_limits("staged").bytes == 3 * text.get_limits("bytes").bytes


@pytest.mark.parametrize("name", CATALOG)
def test_every_operation_has_limits_for_both_transfers(name: str) -> None:
    assert CATALOG[name].get_limits("bytes").bytes <= CATALOG[name].get_limits("staged").bytes


def test_settings_are_added_to_the_defaults_and_override_them() -> None:
    assert builders.make_operation("labels", MaxLabels=7).parameters == {"MaxLabels": 7, "MinConfidence": 70}


@pytest.mark.parametrize("features", [["GENERAL_LABELS"], ["IMAGE_PROPERTIES", "GENERAL_LABELS"]])
def test_defaults_limit_labels_when_labels_are_requested(features: list[str]) -> None:
    parameters = builders.make_operation("labels", Features=features).parameters
    assert parameters == {"Features": features, "MaxLabels": 50, "MinConfidence": 70}


def test_defaults_do_not_apply_when_only_image_properties_are_requested() -> None:
    assert builders.make_operation("labels", Features=["IMAGE_PROPERTIES"]).parameters == {
        "Features": ["IMAGE_PROPERTIES"]
    }
