import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.ids import ImageId, RunId
from rekbridge_lambda.domain.operations import DeployedOperation

from tests.builders import ANNA_KEY, IMAGE, OPERATIONS, make_operation


@pytest.mark.parametrize("other", [("ab", "c"), ("", "abc"), ("abc", ""), ("a", "b", "c"), ("A", "bc")])
def test_the_hash_separates_its_parts(other: tuple[str, ...]) -> None:
    assert ids.hash_parts("a", "bc") != ids.hash_parts(*other)


def test_an_image_id_does_not_show_its_owner() -> None:
    assert "anna" not in ids.make_image_id(ANNA_KEY, "c0")


def test_the_run_id_can_be_parsed_from_a_staged_key() -> None:
    assert ids.parse_run_id(ids.make_staged_key(RunId("f" * 32), "image/p1/variant")) == "f" * 32


@pytest.mark.parametrize("key", ["", "a", "a/b", "a/b/c", "a/b/c/d", f"a/{'f' * 33}/c", f"a/{'F' * 32}/c"])
def test_a_key_of_another_form_is_not_a_staged_copy(key: str) -> None:
    with pytest.raises(UnreadableMessage):
        ids.parse_run_id(key)


def test_the_run_id_does_not_depend_on_the_order_of_operations() -> None:
    assert ids.make_run_id(IMAGE.id, OPERATIONS) == ids.make_run_id(IMAGE.id, dict(reversed(OPERATIONS.items())))


@pytest.mark.parametrize("changed", [make_operation("labels", MaxLabels=9), make_operation("labels", "staged")])
def test_another_transfer_or_another_parameter_is_another_run(changed: DeployedOperation) -> None:
    assert ids.make_run_id(IMAGE.id, OPERATIONS) != ids.make_run_id(IMAGE.id, OPERATIONS | {"labels": changed})


def test_naming_a_default_value_is_the_same_run() -> None:
    assert ids.make_run_id(IMAGE.id, OPERATIONS) == ids.make_run_id(
        IMAGE.id, OPERATIONS | {"labels": make_operation("labels", MaxLabels=50)}
    )


def test_the_hash_of_parameters_does_not_depend_on_their_order() -> None:
    assert ids.hash_parameters({"a": 1, "b": 2}) == ids.hash_parameters({"b": 2, "a": 1})


def test_equal_variants_have_one_prepared_key() -> None:
    assert (
        ids.make_prepared_key(ANNA_KEY, ImageId("i"), b"jpeg")
        == ids.make_prepared_key(ANNA_KEY, ImageId("i"), b"jpeg")
        != ids.make_prepared_key(ANNA_KEY, ImageId("i"), b"png")
    )
