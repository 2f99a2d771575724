"""What is to be seen in the photographs of the truth set, as a person wrote it down."""

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.support import paths

FOLDER = Path(__file__).parent
PHOTOS = FOLDER / "photos"
Box = tuple[float, float, float, float]  # left, top, width, height as fractions of the picture


@dataclass(frozen=True)
class ExpectedFace:
    """A human face; one that is drawn, or smaller than 40 pixels, need not be found."""

    box: Box
    drawn: bool = False
    small: bool = False

    @property
    def must_be_found(self) -> bool:
        """Whether missing it is a fault."""
        return not (self.drawn or self.small)


@dataclass(frozen=True)
class Expectation:
    """All that is true of one photograph; README.md says how each part counts."""

    file: str
    labels: frozenset[str]
    allowed: frozenset[str] = frozenset()
    faces: tuple[ExpectedFace, ...] = ()
    objects: tuple[tuple[str, Box], ...] = ()
    crowd: frozenset[str] = frozenset()
    text: tuple[str, ...] = ()


def parse_expectation(file: str, row: Mapping[str, Any]) -> Expectation:
    """An entry of expected.json."""
    return Expectation(
        file,
        labels=frozenset(row["labels"]),
        allowed=frozenset(row["allowed"]),
        faces=tuple(ExpectedFace(**face | {"box": tuple(face["box"])}) for face in row.get("faces", ())),
        objects=tuple((thing["label"], tuple(thing["box"])) for thing in row.get("objects", ())),
        crowd=frozenset(row.get("crowd", ())),
        text=tuple(row.get("text", ())),
    )


@functools.cache
def load_expectations() -> tuple[Expectation, ...]:
    """All of expected.json, by file name."""
    rows: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())
    return tuple(parse_expectation(file, row) for file, row in rows.items())


@functools.cache
def load_parents() -> Mapping[str, frozenset[str]]:
    """All ancestors of each label that the engine knows."""
    table = json.loads((paths.ENGINE_FOLDER / "rekbridge_engine" / "models" / "labels.json").read_text())
    return {name: frozenset(entry["Parents"]) for name, entry in table["labels"].items()}


def add_parents(names: Iterable[str], parents: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The labels and all that they are kinds of."""
    return frozenset(names).union(*(parents.get(name, frozenset()) for name in names))
