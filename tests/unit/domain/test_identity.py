import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.operations import Planned

from tests.builders import PLAN, planned


@pytest.mark.parametrize("other", [("ab", "c"), ("", "abc"), ("abc", ""), ("a", "b", "c"), ("A", "bc")])
def test_no_part_runs_into_the_next(other: tuple[str, ...]) -> None:
    assert ids.digest("a", "bc") != ids.digest(*other)


def test_an_id_tells_nothing_of_its_owner() -> None:
    assert "anna" not in ids.image_id("anna", "c0")


def test_a_staged_key_leads_back_to_its_run() -> None:
    assert ids.run_of(ids.staged_key("r" * 32, "image/p1/variant")) == "r" * 32


@pytest.mark.parametrize("key", ["", "a", "a/b", "a/b/c/d"])
def test_no_other_key_is_a_staged_copy(key: str) -> None:
    with pytest.raises(UnreadableMessage):
        ids.run_of(key)


def test_a_run_is_the_same_however_the_plan_is_ordered() -> None:
    assert ids.run_id("i", PLAN) == ids.run_id("i", dict(reversed(PLAN.items())))


@pytest.mark.parametrize("changed", [planned("labels", MaxLabels=9), planned("labels", "staged")])
def test_another_way_or_another_parameter_is_another_run(changed: Planned) -> None:
    assert ids.run_id("i", PLAN) != ids.run_id("i", PLAN | {"labels": changed})


def test_saying_a_default_is_the_same_run() -> None:
    assert ids.run_id("i", PLAN) == ids.run_id("i", PLAN | {"labels": planned("labels", MaxLabels=50)})


def test_parameters_have_no_order() -> None:
    assert ids.parameters_digest({"a": 1, "b": 2}) == ids.parameters_digest({"b": 2, "a": 1})


def test_equal_variants_are_one_object() -> None:
    assert ids.prepared_key("i", b"jpeg") == ids.prepared_key("i", b"jpeg") != ids.prepared_key("i", b"png")
