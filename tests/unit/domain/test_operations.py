import json

import pytest

from handlers.domain.errors import UnknownOperation
from handlers.domain.operations import CATALOG, Allowance, named, plan, planned
from tests.builders import PLAN, REMOTE

TEXT = {
    "way": "staged",
    "regions": {REMOTE: {"tps": 50, "weight": 2}},
    "settings": {},
    "queue": "https://q",
    "dead": "https://q-dead",
}


def test_reads_what_terraform_writes() -> None:
    read = plan(json.dumps({"text": TEXT}))
    assert (read["text"].operation.action, read["text"].way, read["text"].dead) == (
        "DetectText",
        "staged",
        "https://q-dead",
    )


def test_reads_what_each_region_takes() -> None:
    assert plan(json.dumps({"text": TEXT}))["text"].regions == {REMOTE: Allowance(50, 2)}


def test_a_plan_knows_only_operations_of_the_catalog() -> None:
    with pytest.raises(UnknownOperation, match="labels, faces"):
        plan(json.dumps({"colours": TEXT}))


def test_an_operation_that_is_not_deployed_names_those_that_are() -> None:
    with pytest.raises(UnknownOperation, match="deployed are labels, faces, text"):
        planned(PLAN, "moderation")


def test_the_staged_way_takes_larger_files() -> None:
    text = named("text")
    assert text.limits_for("staged").bytes == 3 * text.limits_for("bytes").bytes


@pytest.mark.parametrize("name", CATALOG)
def test_every_operation_has_limits_for_both_ways(name: str) -> None:
    assert CATALOG[name].limits_for("bytes").bytes <= CATALOG[name].limits_for("staged").bytes
