"""The Merkle tree of RFC 6962 (2.1): one root for any number of lines, and short proofs that a line is among them.

Lines are read once and not kept: the memory is that of the complete subtrees, at most one for each bit of the count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

# RFC 6962: the root of no leaves.
EMPTY_ROOT = sha256().digest()


def hash_leaf(line: bytes) -> bytes:
    """The hash of a line, without its newline."""
    return sha256(b"\0" + line).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\1" + left + right).digest()


@dataclass(slots=True)
class Subtree:
    """A complete subtree. `paths` are those of its leaves that want a proof, from the leaf up to its root so far."""

    root: bytes
    size: int
    paths: list[list[bytes]] = field(default_factory=list)

    def join(self, right: "Subtree") -> "Subtree":
        """The tree of both; the path of each leaf grows by the other's root."""
        for path in self.paths:
            path.append(right.root)
        for path in right.paths:
            path.append(self.root)
        return Subtree(hash_node(self.root, right.root), self.size + right.size, [*self.paths, *right.paths])


class MerkleTree:
    """A tree that grows by one line at a time."""

    def __init__(self) -> None:
        self._subtrees: list[Subtree] = []
        self.size = 0

    def add(self, line: bytes, path: list[bytes] | None = None) -> None:
        """Add the next line. With a list, `compute_root` will have put the inclusion path of the line into it."""
        grown = Subtree(hash_leaf(line), 1, [] if path is None else [path])
        while self._subtrees and self._subtrees[-1].size == grown.size:
            grown = self._subtrees.pop().join(grown)
        self._subtrees.append(grown)
        self.size += 1

    def compute_root(self) -> bytes:
        """The root, 32 bytes. The tree is finished by it: add no more lines."""
        while len(self._subtrees) > 1:
            right = self._subtrees.pop()
            self._subtrees.append(self._subtrees.pop().join(right))
        return self._subtrees[0].root if self._subtrees else EMPTY_ROOT


def compute_root(lines: Iterable[bytes]) -> bytes:
    """The root of the lines, 32 bytes."""
    tree = MerkleTree()
    for line in lines:
        tree.add(line)
    return tree.compute_root()


def compute_path(lines: Iterable[bytes], index: int) -> list[bytes]:
    """The inclusion path of the line with this index, from 0: hashes of 32 bytes, that beside the leaf first.

    Raises IndexError if there is no such line.
    """
    path: list[bytes] = []
    tree = MerkleTree()
    for number, line in enumerate(lines):
        tree.add(line, path if number == index else None)
    if not 0 <= index < tree.size:
        raise IndexError(f"there are {tree.size} lines and none has the index {index}")
    tree.compute_root()
    return path


def verify_inclusion(line: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves the line to be at the index of a tree of `size` lines (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    computed, at, last = hash_leaf(line), index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = hash_node(sibling, computed)
            # The last leaf of a tree that is not full has no siblings on the lower levels.
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            computed = hash_node(computed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and computed == root
