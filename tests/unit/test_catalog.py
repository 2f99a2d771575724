"""The catalog against what botocore, as pinned, knows of Rekognition; `make catalog-newest` asks the newest one too."""

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from rekbridge.api.catalog import refreshed, written
from rekbridge_lambda.domain import regions
from rekbridge_lambda.domain.operations import CATALOG

ROOT = Path(__file__).parents[2]
CATALOG_FILE = ROOT / "handlers" / "rekbridge_lambda" / "domain" / "operations.json"
MODEL = botocore.session.get_session().get_service_model("rekognition")


def test_the_installed_botocore_is_the_pinned_one() -> None:
    pins = (ROOT / "handlers" / "rekbridge_lambda" / "requirements.txt").read_text()
    assert f"botocore=={botocore.__version__}\n" in pins


def test_parameters_are_those_of_botocores_model() -> None:
    catalog = json.loads(CATALOG_FILE.read_text())
    assert refreshed(catalog) == catalog


def test_the_file_is_as_the_command_writes_it() -> None:
    assert written(json.loads(CATALOG_FILE.read_text())) == CATALOG_FILE.read_text()


def images(action: str) -> list[str]:
    """The parameters of an action that are images."""
    shape: Any = MODEL.operation_model(action).input_shape
    return [name for name, member in shape.members.items() if member.name == "Image"]


def test_every_operation_on_images_that_keeps_nothing_is_in_the_catalog() -> None:
    # The others, IndexFaces and the searches, work on a collection.
    stateless = {
        action
        for action in MODEL.operation_names
        if images(action) and "CollectionId" not in members(MODEL.operation_model(action).input_shape)
    }
    assert stateless == {operation.action for operation in CATALOG.values()}


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_takes_the_images_that_rekognition_takes(name: str) -> None:
    assert CATALOG[name].images == images(CATALOG[name].action)


@pytest.mark.parametrize("name", CATALOG)
def test_no_operation_is_sent_more_bytes_than_the_model_takes(name: str) -> None:
    most = MODEL.shape_for("ImageBlob").metadata["max"]
    # AWS documents four megabytes for two of them, which the model does not know.
    documented = {"protective-equipment": 4 * 1024 * 1024, "custom-labels": 4 * 1024 * 1024}
    assert CATALOG[name].limits["bytes"] == documented.get(name, most)


@pytest.mark.parametrize("name", CATALOG)
def test_defaults_are_within_the_limits_that_settings_must_keep(name: str) -> None:
    for parameter, value in CATALOG[name].defaults.items():
        rule = CATALOG[name].parameters[parameter]
        choices = rule.get("items", {}).get("enum")
        assert set(value) <= set(choices) if choices else rule.get("min", value) <= value <= rule.get("max", value)


@pytest.mark.parametrize("name", CATALOG)
def test_what_the_defaults_are_for_is_a_choice_that_rekognition_has(name: str) -> None:
    for parameter, choice in CATALOG[name].defaults_for.items():
        assert choice in CATALOG[name].parameters[parameter]["items"]["enum"]


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_is_one_of_rekognitions(name: str) -> None:
    operation = CATALOG[name]
    model = MODEL.operation_model(operation.action)
    assert operation.method == xform_name(operation.action)
    assert operation.answer in members(model.output_shape)
    assert set(operation.defaults) <= set(operation.parameters)


@pytest.mark.parametrize("name", [name for name, operation in CATALOG.items() if operation.index])
def test_what_is_indexed_is_part_of_the_answer(name: str) -> None:
    operation = CATALOG[name]
    answer: Any = MODEL.operation_model(operation.action).output_shape
    assert operation.index in members(answer.members[operation.answer].member)


def members(shape: Any) -> set[str]:
    return set(shape.members)


@pytest.mark.parametrize("code", regions.REGIONS)
def test_a_region_offers_what_rekognition_has(code: str) -> None:
    region = regions.REGIONS[code]
    assert re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", code)
    assert set(region.tps) <= set(MODEL.operation_names)
    assert all(tps > 0 for tps in region.tps.values())


def test_every_operation_can_be_called_somewhere() -> None:
    for operation in CATALOG.values():
        assert regions.offering(operation.action)


def test_the_region_with_most_quota_is_offered_first() -> None:
    quotas = [regions.quota("DetectText", code) for code in regions.offering("DetectText")]
    assert quotas == sorted(quotas, reverse=True)


def test_the_home_of_the_demo_has_no_rekognition_and_its_remote_has() -> None:
    assert regions.quota("DetectText", "eu-west-3") == 0
    assert regions.quota("DetectText", "eu-west-1") == 50
