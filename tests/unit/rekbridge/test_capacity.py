"""`rekbridge capacity`: shares, rates, durations and costs."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from rekbridge.capacity import commands, tables
from rekbridge.capacity.commands import select_source
from rekbridge.capacity.figures import OperationCapacity, RegionCapacity, compute_capacities, to_dict
from rekbridge.capacity.prices import Prices, find_price_groups
from rekbridge.cli import app
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError
from rich.console import Console
from typer.testing import CliRunner

PRICES = Prices.load()
MILLION = 1_000_000


def create_capacity(*regions: RegionCapacity, price_groups: tuple[str, ...] = ("group 2",)) -> OperationCapacity:
    return OperationCapacity("labels", "bytes", regions, price_groups)


BIG, SMALL = RegionCapacity("eu-west-1", 50), RegionCapacity("eu-central-1", 5)


def test_every_region_is_used_to_its_quota() -> None:
    assert create_capacity(BIG, SMALL).total_tps == 55


def test_even_shares_are_limited_by_the_smallest_region() -> None:
    assert create_capacity(BIG, SMALL).even_share_tps == 10
    assert create_capacity(RegionCapacity("us-east-1", 50), RegionCapacity("us-west-2", 50)).even_share_tps == 100


def test_fixed_shares_by_quota_reach_the_whole_quota_while_nothing_changes() -> None:
    assert create_capacity(BIG, SMALL).fixed_share_tps == pytest.approx(55)


def test_fixed_shares_are_limited_by_a_slow_region_and_the_total_is_not() -> None:
    slow = create_capacity(RegionCapacity("eu-west-1", 50, learned_tps=25), RegionCapacity("us-east-1", 50))
    assert (slow.fixed_share_tps, slow.total_tps) == (50, 75)


def test_a_weight_moves_shares_and_loses_no_quota() -> None:
    weighted = create_capacity(BIG, RegionCapacity("eu-central-1", 5, weight=10))
    assert weighted.shares == {"eu-west-1": 0.5, "eu-central-1": 0.5}
    assert (weighted.total_tps, weighted.fixed_share_tps) == (55, 10)


def test_a_region_that_is_down_has_no_share() -> None:
    down = create_capacity(BIG, RegionCapacity("eu-central-1", 5, circuit_open_s=12))
    assert (down.shares["eu-central-1"], down.total_tps, down.fixed_share_tps) == (0, 50, 0)


def test_the_duration_is_the_number_of_images_over_the_total_rate() -> None:
    assert create_capacity(BIG, SMALL).compute_duration_s(5500) == 100


def test_there_is_no_duration_while_every_region_is_down() -> None:
    assert create_capacity(RegionCapacity("eu-west-1", 50, circuit_open_s=1)).compute_duration_s(1) is None


@pytest.mark.parametrize(
    ("images", "cost"), [(1, 0.001), (MILLION, 1000), (2 * MILLION, 1800), (5 * MILLION, 4200), (6 * MILLION, 4800)]
)
def test_each_step_of_the_price_list_has_its_own_price(images: int, cost: float) -> None:
    assert PRICES.compute_cost("group 2", images) == pytest.approx(cost)


def test_each_region_is_billed_from_the_first_step() -> None:
    two = create_capacity(RegionCapacity("us-east-1", 50), RegionCapacity("us-west-2", 50))
    assert two.compute_cost(2 * MILLION, PRICES) == pytest.approx(2000)


@pytest.mark.parametrize(
    ("price_group", "settings", "billed"),
    [
        (2, {}, ["group 2"]),
        (1, {"SimilarityThreshold": 90}, ["group 1"]),
        (2, {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}, ["group 2", "image properties"]),
        (2, {"Features": ["IMAGE_PROPERTIES"]}, ["image properties"]),
        (None, {}, []),
    ],
)
def test_image_properties_are_billed_in_addition_and_custom_labels_not_per_image(
    price_group: int | None, settings: dict[str, Any], billed: list[str]
) -> None:
    assert list(find_price_groups(price_group, settings)) == billed


def test_an_operation_billed_by_the_hour_has_no_cost_per_image() -> None:
    assert create_capacity(BIG, price_groups=()).compute_cost(MILLION, PRICES) is None


def test_the_price_list_has_region_date_sources_and_unknowns() -> None:
    assert (PRICES.region, PRICES.date[:4], bool(PRICES.sources), bool(PRICES.unknown)) == (
        "us-east-1",
        "2026",
        True,
        True,
    )


def test_terraforms_output_becomes_capacities_with_learned_rates() -> None:
    operations = {"labels": {"transfer": "bytes", "regions": {"eu-west-1": {"tps": 50, "weight": 2}}, "settings": "{}"}}
    [capacity] = compute_capacities(operations, {"labels": 2}, {("labels", "eu-west-1"): (40.0, 0.0)})
    assert capacity == OperationCapacity(
        "labels", "bytes", (RegionCapacity("eu-west-1", 50, 2, 40.0, 0.0),), ("group 2",)
    )


def test_the_json_has_what_the_tables_have() -> None:
    row = to_dict(create_capacity(BIG, SMALL), 5500, PRICES)
    assert row["tps"] == {"rekbridge": 55, "fixed_shares": pytest.approx(55), "even_shares": 10}
    assert (row["duration_s"], row["regions"][0]["share"]) == (100, pytest.approx(50 / 55))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0.4 s"), (59, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (90061, "1 d 1 h"), (3601, "1 h")],
)
def test_a_duration_has_its_two_largest_units(seconds: float, text: str) -> None:
    assert tables.format_duration(seconds) == text


def test_the_tables_fit_without_a_terminal() -> None:
    console = Console(width=commands.WIDTH)
    shown = [
        create_capacity(BIG, RegionCapacity("ap-southeast-1", 5, learned_tps=3.2)),
        create_capacity(RegionCapacity("eu-west-1", 50, circuit_open_s=12), price_groups=()),
    ]
    with console.capture() as capture:
        console.print(tables.build_region_table(shown, "eu-west-1"))
        console.print(tables.build_operation_table(shown, MILLION, PRICES))
    printed = capture.get()
    assert "…" not in printed
    assert all(word in printed for word in ("home first", "3.2", "down, 12 s", "by the hour", "never"))


def test_capacity_is_computed_before_anything_is_deployed(tfvars: Path) -> None:
    result = CliRunner().invoke(app, ["capacity", "--tfvars", str(tfvars), "--images", "100", "--json"])
    [row] = json.loads(result.output)["operations"]
    assert (result.exit_code, row["operation"], row["duration_s"], row["cost"]) == (0, "text", 2, pytest.approx(0.1))


def test_faulty_settings_are_reported() -> None:
    with pytest.raises(OperatorError, match="MaxLables"):
        select_source(
            {"home": "eu-west-3", "operations": {}, "errors": ["labels has no MaxLables, but MaxLabels."]}, None
        )


OPERATIONS = {"labels": {"transfer": "bytes", "regions": {"eu-west-1": {"tps": 50, "weight": 1}}}}
DOWN = {"operation_region": {"S": "labels/eu-west-1"}, "open_until": {"N": str(round(2e9 * 1_000_000))}}


def create_deployment(response: dict[str, Any] | str) -> Deployment:
    """A deployment whose rate limit table returns this row or this error code."""
    dynamodb: Any = boto3.client(
        "dynamodb", region_name="eu-west-3", aws_access_key_id="any", aws_secret_access_key="any"
    )
    stub = Stubber(dynamodb)
    if isinstance(response, str):
        stub.add_client_error("batch_get_item", response)
    else:
        stub.add_response("batch_get_item", {"Responses": {"rate-limit": [response]}})
    stub.activate()
    output = {"regions": {"home": "eu-west-3"}, "operations": OPERATIONS, "tables": {"rate_limit": "rate-limit"}}
    return Deployment(output, lambda service, region: {("dynamodb", "eu-west-3"): dynamodb}[service, region])


def test_a_deployment_has_the_learned_rates() -> None:
    [capacity] = commands.load_capacities(OPERATIONS, create_deployment(DOWN))
    assert (capacity.regions[0].tps, capacity.regions[0].current_tps) == (50, 0)


def test_a_planned_deployment_has_no_learned_rates() -> None:
    [capacity] = commands.load_capacities(OPERATIONS, None)
    assert (capacity.regions[0].tps, capacity.regions[0].learned_tps) == (50, None)


def test_without_access_to_the_learned_rates_quotas_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [capacity] = commands.load_capacities(OPERATIONS, create_deployment("AccessDeniedException"))
    assert (capacity.regions[0].tps, capacity.regions[0].learned_tps) == (50, None)
    assert "learned rates could not be read" in capsys.readouterr().err


def test_variables_override_what_is_deployed() -> None:
    planned = {"home": "eu-south-1", "operations": {}, "errors": []}
    assert select_source(planned, create_deployment(DOWN))["home"] == "eu-south-1"
    assert select_source(None, create_deployment(DOWN)) == {"home": "eu-west-3", "operations": OPERATIONS}


def test_without_deployment_and_variables_the_error_names_the_option() -> None:
    with pytest.raises(OperatorError) as raised:
        select_source(None, None)
    assert "--tfvars" in raised.value.next_step
