"""RFC 6962's tree. The vectors are those of its reference implementation.

https://github.com/transparency-dev/merkle: testonly/constants.go (leaves, roots) and proof/verify_test.go (paths);
formerly google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
"""

import tracemalloc
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.merkle import (
    MerkleTree,
    compute_path,
    compute_root,
    hash_leaf,
    hash_node,
    verify_inclusion,
)

LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Index from 0, size, path.
PATHS = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
each_size = pytest.mark.parametrize("size", range(1, 71))


def make_lines(size: int) -> list[bytes]:
    return [f"line {number}".encode() for number in range(size)]


def compute_root_as_defined(lines: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    match lines:
        case []:
            return sha256().digest()
        case [line]:
            return hash_leaf(line)
    split = max(1 << power for power in range(20) if 1 << power < len(lines))
    return hash_node(compute_root_as_defined(lines[:split]), compute_root_as_defined(lines[split:]))


def compute_path_as_defined(index: int, lines: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, word for word."""
    if len(lines) == 1:
        return []
    split = max(1 << power for power in range(20) if 1 << power < len(lines))
    if index < split:
        return [*compute_path_as_defined(index, lines[:split]), compute_root_as_defined(lines[split:])]
    return [*compute_path_as_defined(index - split, lines[split:]), compute_root_as_defined(lines[:split])]


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_that_of_the_reference_implementation(size: int) -> None:
    assert compute_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_the_path_is_that_of_the_reference_implementation(index: int, size: int, path: list[str]) -> None:
    assert [one.hex() for one in compute_path(LEAVES[:size], index)] == path


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_a_path_of_the_reference_implementation_is_valid(index: int, size: int, path: list[str]) -> None:
    siblings = [bytes.fromhex(one) for one in path]
    assert verify_inclusion(LEAVES[index], index, size, siblings, bytes.fromhex(ROOTS[size]))


@each_size
def test_the_root_is_as_defined(size: int) -> None:
    assert compute_root(make_lines(size)) == compute_root_as_defined(make_lines(size))


@each_size
def test_every_path_is_as_defined(size: int) -> None:
    lines = make_lines(size)
    paths = [compute_path(lines, index) for index in range(size)]
    assert paths == [compute_path_as_defined(index, lines) for index in range(size)]


@each_size
def test_all_paths_come_from_one_pass(size: int) -> None:
    tree, paths = MerkleTree(), [list[bytes]() for _ in range(size)]
    for line, path in zip(make_lines(size), paths, strict=True):
        tree.add(line, path)
    tree.compute_root()
    assert paths == [compute_path(make_lines(size), index) for index in range(size)]


@each_size
def test_a_path_proves_its_line_at_its_index_only(size: int) -> None:
    lines, root = make_lines(size), compute_root(make_lines(size))
    for index in range(size):
        path = compute_path(lines, index)
        proven = [(at, line) for at, line in enumerate(lines) if verify_inclusion(lines[index], at, size, path, root)]
        assert proven == [(index, lines[index])]


@given(st.integers(1, 70), st.data())
def test_a_changed_path_proves_nothing(size: int, data: st.DataObject) -> None:
    lines, index = make_lines(size), data.draw(st.integers(0, size - 1))
    root, path = compute_root(lines), compute_path(lines, index)
    other = data.draw(st.lists(st.sampled_from([*path, root, hash_leaf(lines[0])]), max_size=8))
    assert verify_inclusion(lines[index], index, size, other, root) == (other == path)


@given(st.integers(1, 70), st.integers(-2, 80))
def test_only_an_index_of_the_tree_has_a_path(size: int, index: int) -> None:
    if 0 <= index < size:
        assert len(compute_path(make_lines(size), index)) <= size.bit_length()
    else:
        assert not verify_inclusion(b"line", index, size, [], hash_leaf(b"line"))
        with pytest.raises(IndexError):
            compute_path(make_lines(size), index)


def test_a_node_is_no_leaf() -> None:
    # A line that looks like two hashes must not pass for the node above them (RFC 6962, 2.1: second preimages).
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    assert hash_leaf(left + right) != hash_node(left, right)


def measure_peak(size: int) -> int:
    tracemalloc.start()
    try:
        compute_root(b"line" for _ in range(size))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_lines_take_no_more_memory() -> None:
    measure_peak(100)
    assert measure_peak(20_000) < 1.5 * measure_peak(2_000)
