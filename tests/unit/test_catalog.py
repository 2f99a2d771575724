"""The catalog against the pinned botocore's model of Rekognition. `make catalog-newest` uses the newest botocore."""

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from rekbridge.api.catalog import format_catalog, refresh_catalog
from rekbridge.packaging.pins import read_pins
from rekbridge_lambda.domain import regions
from rekbridge_lambda.domain.operations import CATALOG

ROOT = Path(__file__).parents[2]
CATALOG_FILE = ROOT / "handlers" / "rekbridge_lambda" / "domain" / "operations.json"
MODEL = botocore.session.get_session().get_service_model("rekognition")


def test_the_installed_botocore_is_the_pinned_one() -> None:
    pins = (ROOT / "handlers" / "rekbridge_lambda" / "requirements.txt").read_text()
    assert read_pins(pins)["botocore"] == botocore.__version__


def test_parameters_are_those_of_botocores_model() -> None:
    catalog = json.loads(CATALOG_FILE.read_text())
    assert refresh_catalog(catalog) == catalog


def test_the_file_is_up_to_date() -> None:
    assert format_catalog(json.loads(CATALOG_FILE.read_text())) == CATALOG_FILE.read_text()


def list_image_parameters(action: str) -> list[str]:
    """Return the parameters of an action that are images."""
    shape: Any = MODEL.operation_model(action).input_shape
    return [name for name, member in shape.members.items() if member.name == "Image"]


def test_every_stateless_operation_on_images_is_in_the_catalog() -> None:
    # Excluded are actions on a collection: IndexFaces and the searches.
    stateless = {
        action
        for action in MODEL.operation_names
        if list_image_parameters(action)
        and "CollectionId" not in list_members(MODEL.operation_model(action).input_shape)
    }
    assert stateless == {operation.action for operation in CATALOG.values()}


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_takes_the_images_that_rekognition_takes(name: str) -> None:
    assert CATALOG[name].image_parameters == list_image_parameters(CATALOG[name].action)


@pytest.mark.parametrize("name", CATALOG)
def test_the_limit_of_bytes_is_that_of_the_model_or_documented(name: str) -> None:
    most = MODEL.shape_for("ImageBlob").metadata["max"]
    # For two operations, AWS documents four megabytes. The model does not have this limit.
    documented = {"protective-equipment": 4 * 1024 * 1024, "custom-labels": 4 * 1024 * 1024}
    assert CATALOG[name].limits["bytes"] == documented.get(name, most)


@pytest.mark.parametrize("name", CATALOG)
def test_defaults_are_within_the_limits_that_settings_must_keep(name: str) -> None:
    for parameter, value in CATALOG[name].defaults.items():
        rule = CATALOG[name].parameters[parameter]
        choices = rule.get("items", {}).get("enum")
        assert set(value) <= set(choices) if choices else rule.get("min", value) <= value <= rule.get("max", value)


@pytest.mark.parametrize("name", CATALOG)
def test_the_choices_that_defaults_apply_to_exist(name: str) -> None:
    for parameter, choice in CATALOG[name].defaults_for.items():
        assert choice in CATALOG[name].parameters[parameter]["items"]["enum"]


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_one_of_rekognitions(name: str) -> None:
    operation = CATALOG[name]
    model = MODEL.operation_model(operation.action)
    assert operation.method_name == xform_name(operation.action)
    assert operation.response_key in list_members(model.output_shape)
    assert set(operation.defaults) <= set(operation.parameters)


@pytest.mark.parametrize("name", [name for name, operation in CATALOG.items() if operation.index])
def test_the_indexed_member_is_part_of_the_response(name: str) -> None:
    operation = CATALOG[name]
    answer: Any = MODEL.operation_model(operation.action).output_shape
    assert operation.index in list_members(answer.members[operation.response_key].member)


def list_members(shape: Any) -> set[str]:
    return set(shape.members)


@pytest.mark.parametrize("code", regions.REGIONS)
def test_a_region_has_only_actions_of_rekognition(code: str) -> None:
    region = regions.REGIONS[code]
    assert re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", code)
    assert set(region.tps) <= set(MODEL.operation_names)
    assert all(tps > 0 for tps in region.tps.values())


@pytest.mark.parametrize("code", regions.REGIONS)
def test_a_region_has_x86_64_and_perhaps_arm64(code: str) -> None:
    assert regions.REGIONS[code].architectures in (["arm64", "x86_64"], ["x86_64"])


def test_every_operation_can_be_called_somewhere() -> None:
    for operation in CATALOG.values():
        assert regions.list_regions_offering(operation.action)


def test_the_region_with_most_quota_is_offered_first() -> None:
    quotas = [regions.get_default_quota("DetectText", code) for code in regions.list_regions_offering("DetectText")]
    assert quotas == sorted(quotas, reverse=True)


def test_the_home_of_the_demo_has_no_rekognition_and_its_remote_has() -> None:
    assert regions.get_default_quota("DetectText", "eu-west-3") == 0
    assert regions.get_default_quota("DetectText", "eu-west-1") == 50
