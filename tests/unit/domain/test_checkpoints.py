import json
from hashlib import sha256

import pytest
from rekbridge_lambda.domain import checkpoints
from rekbridge_lambda.domain.checkpoints import NO_PREVIOUS, Checkpoint, SealedSegment
from rekbridge_lambda.domain.merkle import compute_root

LINES = [b'{"a":1}', b'{"a":2}', b'{"a":3}']
KEY = "segments/2026/11/27/23/42-8c1d.jsonl"
SEGMENT = checkpoints.seal_segment(KEY, LINES)
CHECKPOINT = Checkpoint("a/b/c", 7, 1_800_000_000_000, NO_PREVIOUS, (SEGMENT,))


def test_a_segment_is_named_with_the_hash_of_its_object_and_its_root() -> None:
    body = b"".join(line + b"\n" for line in LINES)
    assert SealedSegment(KEY, sha256(body).hexdigest(), len(body), 3, compute_root(LINES).hex()) == SEGMENT


@pytest.mark.parametrize("count", [0, checkpoints.MAX_SEGMENT_RECORDS + 1])
def test_a_segment_has_1_to_10000_records(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10000 records"):
        checkpoints.seal_segment(KEY, (b"x" for _ in range(count)))


def test_a_batch_has_the_key_of_its_first_record_whenever_it_is_delivered() -> None:
    made = checkpoints.make_segment_key(1_795_821_000_000, "4920000000001", "8c1d-4a")
    assert made == "segments/2026/11/27/23/4920000000001-8c1d-4a.jsonl"


@pytest.mark.parametrize(
    ("sequence", "record_id"), [("1/2", "a"), ("x", "a"), ("", "a"), ("1", "a/b"), ("1", "."), ("1", "")]
)
def test_a_record_of_another_form_makes_no_key(sequence: str, record_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a key"):
        checkpoints.make_segment_key(0, sequence, record_id)


def test_checkpoints_are_in_order_by_their_keys() -> None:
    assert CHECKPOINT.key == "checkpoints/00000000000000000007.json"


def test_the_object_is_what_is_signed_and_the_signature() -> None:
    signed, stored = json.loads(CHECKPOINT.to_signed_bytes()), json.loads(CHECKPOINT.to_bytes(b"\x0a\xff"))
    assert stored == signed | {"signature": "0aff"}
