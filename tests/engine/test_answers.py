"""Ordered answers: which calls they apply to, how often, and what an order must say."""

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from rekbridge.support import paths
from rekbridge_engine.answers import AnswerOrders
from rekbridge_engine.catalog import Catalog

CATALOG = Catalog.load(paths.TABLES_FOLDER)
CAT, DOG = b"cat", b"dog"
ANY: dict[str, Any] = {"operation": "DetectLabels", "answer": {"Labels": []}}
COMPARE: dict[str, Any] = {"operation": "CompareFaces", "answer": {"FaceMatches": []}}


def digest(*images: bytes) -> str:
    return "+".join(hashlib.sha256(image).hexdigest() for image in images)


def add_orders(*scripts: Mapping[str, Any]) -> AnswerOrders:
    orders = AnswerOrders(CATALOG)
    for script in scripts:
        orders.add(script)
    return orders


def use(orders: AnswerOrders, *images: bytes, region: str = "eu-west-1", operation: str = "DetectLabels") -> int | None:
    """The number of the order that a call gets, or None."""
    order = orders.find(region, operation, images or (CAT,))
    return order.id if order and orders.try_use(order) else None


def test_order_applies_to_every_call_of_its_operation_until_it_is_taken_back() -> None:
    orders = add_orders(ANY)
    assert [use(orders) for _ in range(3)] == [1, 1, 1]
    assert orders.take_back(1)
    assert use(orders) is None


def test_order_does_not_apply_to_another_operation() -> None:
    assert use(add_orders(ANY), operation="DetectText") is None


def test_order_for_a_region_applies_to_no_other() -> None:
    orders = add_orders(ANY | {"region": "us-east-1"})
    assert (use(orders, region="us-east-1"), use(orders, region="eu-west-1")) == (1, None)


def test_order_for_an_image_applies_to_no_other() -> None:
    orders = add_orders(ANY | {"sha256": digest(CAT)})
    assert (use(orders, CAT), use(orders, DOG)) == (1, None)


def test_digest_may_have_capitals() -> None:
    assert use(add_orders(ANY | {"sha256": digest(CAT).upper()}), CAT) == 1


@pytest.mark.parametrize(
    ("ordered", "is_used"),
    [((CAT,), True), ((DOG,), True), ((CAT, DOG), True), ((DOG, CAT), False), ((CAT, CAT), False)],
)
def test_comparison_is_matched_by_either_image_or_by_source_and_target(ordered: tuple[bytes], is_used: bool) -> None:
    orders = add_orders(COMPARE | {"sha256": digest(*ordered)})
    assert (use(orders, CAT, DOG, operation="CompareFaces") == 1) == is_used


def test_order_with_two_calls_applies_to_two_calls() -> None:
    orders = add_orders(ANY | {"calls": 2})
    assert [use(orders) for _ in range(4)] == [1, 1, None, None]
    assert [(row["calls"], row["used"]) for row in orders.to_dicts()] == [(2, 2)]


def test_of_equal_orders_the_oldest_applies_first() -> None:
    orders = add_orders(ANY | {"calls": 1}, ANY | {"calls": 1})
    assert [use(orders) for _ in range(3)] == [1, 2, None]


def test_the_most_exact_order_applies_first() -> None:
    orders = add_orders(ANY, ANY | {"region": "eu-west-1", "calls": 1}, ANY | {"sha256": digest(CAT), "calls": 1})
    assert [use(orders) for _ in range(3)] == [3, 2, 1]


def test_order_that_was_found_and_then_taken_back_is_not_used() -> None:
    orders = add_orders(ANY)
    order = orders.find("eu-west-1", "DetectLabels", [CAT])
    orders.clear()
    assert order is not None
    assert not orders.try_use(order)


def test_an_id_is_not_used_again() -> None:
    orders = add_orders(ANY)
    orders.clear()
    assert orders.add(ANY)["id"] == 2


def test_unknown_id_is_not_taken_back() -> None:
    assert not add_orders(ANY).take_back(2)


def test_list_has_everything_but_the_answer() -> None:
    (row,) = add_orders(COMPARE | {"sha256": digest(CAT, DOG), "region": "eu-west-1"}).to_dicts()
    assert row == {
        "id": 1, "operation": "CompareFaces", "region": "eu-west-1", "sha256": digest(CAT, DOG), "kind": "answer",
        "calls": None, "used": 0,
    }  # fmt: skip


def test_parts_replace_those_of_the_analysis_as_a_json_merge_patch() -> None:
    patch = {
        "Labels": [{"Name": "Dog"}],
        "ImageProperties": {"Quality": None, "Foreground": {"Quality": {"Contrast": 7}}},
    }
    orders = add_orders({"operation": "DetectLabels", "merge": patch})
    order = orders.find("eu-west-1", "DetectLabels", [CAT])
    assert order is not None
    analysis = {
        "Labels": [{"Name": "Cat"}, {"Name": "Person"}],
        "ImageProperties": {"Quality": {"Contrast": 1}, "DominantColors": []},
        "LabelModelVersion": "3.0",
    }
    assert order.apply(analysis) == {
        "Labels": [{"Name": "Dog"}],
        "ImageProperties": {"DominantColors": [], "Foreground": {"Quality": {"Contrast": 7}}},
        "LabelModelVersion": "3.0",
    }
    assert analysis["Labels"] == [{"Name": "Cat"}, {"Name": "Person"}]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({}, "operation must be one of CompareFaces, DetectCustomLabels, "),
        ({"answer": {}}, "operation must be one of"),
        (ANY | {"operation": "detect-labels"}, "operation must be one of"),
        (ANY | {"operation": "ListFaces"}, "operation must be one of"),
        (ANY | {"image": "cat.jpg"}, "unknown keys: image; allowed keys: answer, calls, merge, "),
        (ANY | {"region": "ca-central-1"}, "region 'ca-central-1' has no operation 'DetectLabels'"),
        (ANY | {"region": "mars-north-1"}, "region 'mars-north-1' has no operation"),
        (ANY | {"region": 7}, "region must be a string"),
        (ANY | {"calls": 0}, "calls must be a whole number of at least 1"),
        (ANY | {"calls": 1.5}, "calls must be a whole number of at least 1"),
        (ANY | {"calls": True}, "calls must be a whole number of at least 1"),
        (ANY | {"sha256": "cat"}, "sha256 must be the 64 hexadecimal digits of the image's bytes"),
        (ANY | {"sha256": digest(CAT, DOG)}, "sha256 must be"),
        (COMPARE | {"sha256": digest(CAT, DOG, CAT)}, "the source's and the target's, joined by +"),
        ({"operation": "DetectLabels"}, "give either answer (the whole response) or merge (parts of it)"),
        (ANY | {"merge": {}}, "give either answer"),
        (ANY | {"answer": []}, "answer must be an object, not a list of 0"),
        (ANY | {"answer": {"Faces": []}}, "answer.Faces is not a member of AWS's DetectLabelsResponse"),
        ({"operation": "DetectLabels", "merge": {"Faces": []}}, "merge.Faces is not a member"),
    ],
)  # fmt: skip
def test_order_that_could_never_be_used_as_meant_is_refused(script: dict[str, Any], message: str) -> None:
    orders = AnswerOrders(CATALOG)
    with pytest.raises(ValueError, match=r".") as raised:
        orders.add(script)
    assert message in str(raised.value)
    assert orders.to_dicts() == []
