import re
from hashlib import sha256

import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.ids import ImageId, OwnerKey, RunId
from rekbridge_lambda.domain.operations import DeployedOperation

from tests.builders import ANNA_KEY, IMAGE, OPERATIONS, make_operation


@pytest.mark.parametrize("other", [("ab", "c"), ("", "abc"), ("abc", ""), ("a", "b", "c"), ("A", "bc")])
def test_the_hash_separates_its_parts(other: tuple[str, ...]) -> None:
    assert ids.hash_parts("a", "bc") != ids.hash_parts(*other)


def test_an_image_id_does_not_show_its_owner() -> None:
    assert "anna" not in ids.make_image_id(ANNA_KEY, "c0")


OTHER_KEY = ids.make_owner_key(b"the secret of the ids in unit tests", b"the salt of ben")


def make_travelling_keys(key: OwnerKey, content: bytes) -> list[str]:
    """Every id and key that is made of a picture of one owner."""
    image_id = ids.make_image_id(key, sha256(content).hexdigest())
    run_id = ids.make_run_id(image_id, OPERATIONS)
    prepared_key = ids.make_prepared_key(key, image_id, content)
    staged_key = ids.make_staged_key(run_id, prepared_key)
    return [image_id, run_id, prepared_key, staged_key, ids.make_result_key(image_id, "labels", {})]


def test_nobody_can_test_a_known_picture_without_the_owners_key() -> None:
    # What a stranger may compute: the same functions, with the picture and with any key but the owner's.
    real, guessed = (" ".join(make_travelling_keys(key, b"a known picture")) for key in (ANNA_KEY, OTHER_KEY))
    # What they share is known to everybody: preparation version, model epoch, operation and its parameters.
    shared = set(re.findall(r"[0-9a-f]{16,}", real)) & set(re.findall(r"[0-9a-f]{16,}", guessed))
    assert shared == {ids.hash_parameters({})}


def test_no_part_of_a_key_is_a_hash_without_a_key() -> None:
    content = b"a known picture"
    digest = sha256(content).hexdigest()
    plain = [digest, *(ids.hash_parts(*parts) for parts in ((digest,), ("anna", digest), ("image", digest)))]
    parts = {part for key in make_travelling_keys(ANNA_KEY, content) for part in key.split("/")}
    assert [part for part in parts for one in plain if len(part) >= 16 and one.startswith(part)] == []


@pytest.mark.parametrize(("secret", "salt"), [(b"another secret", b"salt"), (b"secret", b"another salt")])
def test_another_secret_or_another_salt_is_another_key(secret: bytes, salt: bytes) -> None:
    assert ids.make_owner_key(b"secret", b"salt") != ids.make_owner_key(secret, salt)


def test_two_owners_of_one_picture_have_two_images() -> None:
    assert ids.make_image_id(ANNA_KEY, "c0") != ids.make_image_id(OTHER_KEY, "c0")


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
