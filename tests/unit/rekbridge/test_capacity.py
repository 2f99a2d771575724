"""`rekbridge capacity`: shares, the seed's formula beside ours, waits and costs."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from rekbridge.capacity import commands, tables
from rekbridge.capacity.commands import reckoned
from rekbridge.capacity.figures import Capacity, Lane, capacities, told
from rekbridge.capacity.prices import Prices, groups
from rekbridge.cli import app
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.errors import OperatorError
from rich.console import Console
from typer.testing import CliRunner

PRICES = Prices.load()
MILLION = 1_000_000


def over(*lanes: Lane, billed: tuple[str, ...] = ("group 2",)) -> Capacity:
    return Capacity("labels", "bytes", lanes, billed)


BIG, SMALL = Lane("eu-west-1", 50), Lane("eu-central-1", 5)


def test_every_region_is_used_to_its_quota() -> None:
    assert over(BIG, SMALL).total == 55


def test_even_shares_are_held_up_by_the_smallest_region_as_in_the_seed() -> None:
    assert over(BIG, SMALL).even == 10
    assert over(Lane("us-east-1", 50), Lane("us-west-2", 50)).even == 100


def test_fixed_shares_by_quota_reach_the_whole_quota_while_nothing_changes() -> None:
    assert over(BIG, SMALL).fixed == pytest.approx(55)


def test_fixed_shares_do_not_follow_what_a_region_has_lost_and_ours_do() -> None:
    slow = over(Lane("eu-west-1", 50, rate=25), Lane("us-east-1", 50))
    assert (slow.fixed, slow.total) == (50, 75)


def test_a_weight_moves_shares_and_loses_no_quota() -> None:
    weighted = over(BIG, Lane("eu-central-1", 5, weight=10))
    assert weighted.shares == {"eu-west-1": 0.5, "eu-central-1": 0.5}
    assert (weighted.total, weighted.fixed) == (55, 10)


def test_a_region_that_is_down_has_no_share() -> None:
    down = over(BIG, Lane("eu-central-1", 5, open_s=12))
    assert (down.shares["eu-central-1"], down.total, down.fixed) == (0, 50, 0)


def test_images_take_their_number_over_the_whole_quota() -> None:
    assert over(BIG, SMALL).wait_s(5500) == 100


def test_images_take_for_ever_while_every_region_is_down() -> None:
    assert over(Lane("eu-west-1", 50, open_s=1)).wait_s(1) is None


@pytest.mark.parametrize(
    ("images", "cost"), [(1, 0.001), (MILLION, 1000), (2 * MILLION, 1800), (5 * MILLION, 4200), (6 * MILLION, 4800)]
)
def test_each_step_of_the_price_list_has_its_own_price(images: int, cost: float) -> None:
    assert PRICES.cost("group 2", images) == pytest.approx(cost)


def test_regions_are_billed_apart_so_that_each_begins_with_the_first_step() -> None:
    two = over(Lane("us-east-1", 50), Lane("us-west-2", 50))
    assert two.cost(2 * MILLION, PRICES) == pytest.approx(2000)


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
def test_image_properties_are_billed_beside_labels_and_custom_labels_not_by_the_image(
    price_group: int | None, settings: dict[str, Any], billed: list[str]
) -> None:
    assert list(groups(price_group, settings)) == billed


def test_what_is_paid_by_the_hour_has_no_cost_by_the_image() -> None:
    assert over(BIG, billed=()).cost(MILLION, PRICES) is None


def test_the_price_list_tells_its_region_its_date_and_what_it_leaves_out() -> None:
    assert (PRICES.region, PRICES.date[:4], bool(PRICES.sources), bool(PRICES.unknown)) == (
        "us-east-1",
        "2026",
        True,
        True,
    )


def test_what_terraform_tells_becomes_lanes_with_what_was_learned_of_them() -> None:
    operations = {"labels": {"way": "bytes", "regions": {"eu-west-1": {"tps": 50, "weight": 2}}, "settings": "{}"}}
    [found] = capacities(operations, {"labels": 2}, {("labels", "eu-west-1"): (40.0, 0.0)})
    assert found == Capacity("labels", "bytes", (Lane("eu-west-1", 50, 2, 40.0, 0.0),), ("group 2",))


def test_the_json_has_what_the_tables_have() -> None:
    row = told(over(BIG, SMALL), 5500, PRICES)
    assert row["tps"] == {"rekbridge": 55, "fixed_shares": pytest.approx(55), "even_shares": 10}
    assert (row["wait_s"], row["lanes"][0]["share"]) == (100, pytest.approx(50 / 55))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (59, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (90061, "1 d 1 h"), (3601, "1 h")],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert tables.duration(seconds) == words


def test_the_tables_have_room_where_there_is_no_terminal() -> None:
    console = Console(width=commands.WIDTH)
    shown = [over(BIG, Lane("ap-southeast-1", 5, rate=3.2)), over(Lane("eu-west-1", 50, open_s=12), billed=())]
    with console.capture() as capture:
        console.print(tables.lanes(shown, "eu-west-1"))
        console.print(tables.sums(shown, MILLION, PRICES))
    printed = capture.get()
    assert "…" not in printed
    assert all(word in printed for word in ("home first", "3.2", "down, 12 s", "by the hour", "never"))


def test_capacity_is_told_before_anything_is_deployed(tfvars: Path) -> None:
    done = CliRunner().invoke(app, ["capacity", "--tfvars", str(tfvars), "--images", "100", "--json"])
    [row] = json.loads(done.output)["operations"]
    assert (done.exit_code, row["operation"], row["wait_s"], row["cost"]) == (0, "text", 2, pytest.approx(0.1))


def test_settings_that_rekognition_would_refuse_are_told_instead() -> None:
    with pytest.raises(OperatorError, match="MaxLables"):
        reckoned({"home": "eu-west-3", "operations": {}, "faults": ["labels has no MaxLables, but MaxLabels."]}, None)


OPERATIONS = {"labels": {"way": "bytes", "regions": {"eu-west-1": {"tps": 50, "weight": 1}}}}
DOWN = {"lane": {"S": "labels/eu-west-1"}, "open_until": {"N": str(round(2e9 * 1_000_000))}}


def deployed(answer: dict[str, Any] | str) -> Deployed:
    """A deployment whose pace table answers so, or refuses."""
    dynamodb: Any = boto3.client(
        "dynamodb", region_name="eu-west-3", aws_access_key_id="any", aws_secret_access_key="any"
    )
    stub = Stubber(dynamodb)
    if isinstance(answer, str):
        stub.add_client_error("batch_get_item", answer)
    else:
        stub.add_response("batch_get_item", {"Responses": {"pace": [answer]}})
    stub.activate()
    told = {"regions": {"home": "eu-west-3"}, "operations": OPERATIONS, "tables": {"pace": "pace"}}
    return Deployed(told, lambda service, region: {("dynamodb", "eu-west-3"): dynamodb}[service, region])


def test_a_deployment_is_told_of_with_what_its_workers_have_learned() -> None:
    [found] = commands.capacities(OPERATIONS, deployed(DOWN))
    assert (found.lanes[0].tps, found.lanes[0].now) == (50, 0)


def test_what_is_only_planned_has_taught_nobody_anything() -> None:
    [found] = commands.capacities(OPERATIONS, None)
    assert (found.lanes[0].tps, found.lanes[0].rate) == (50, None)


def test_a_pace_table_that_may_not_be_read_costs_no_more_than_what_it_knows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [found] = commands.capacities(OPERATIONS, deployed("AccessDeniedException"))
    assert (found.lanes[0].tps, found.lanes[0].rate) == (50, None)
    assert "Without what the workers have learned" in capsys.readouterr().err


def test_variables_go_before_what_is_deployed() -> None:
    planned = {"home": "eu-south-1", "operations": {}, "faults": []}
    assert reckoned(planned, deployed(DOWN))["home"] == "eu-south-1"
    assert reckoned(None, deployed(DOWN)) == {"home": "eu-west-3", "operations": OPERATIONS}


def test_where_nothing_is_deployed_the_operator_is_told_what_to_name() -> None:
    with pytest.raises(OperatorError) as told:
        reckoned(None, None)
    assert "--tfvars" in told.value.next_step
