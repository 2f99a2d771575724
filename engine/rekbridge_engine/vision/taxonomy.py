"""The models' classes in Rekognition's words: labels.json, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rekbridge_engine.vision import models


@dataclass(frozen=True, slots=True)
class TaxonomyLabel:
    """A label: its name, all of its ancestors, other names for it, and its categories."""

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """A class of the object detector: its label, if any, and the classifier's classes that may confirm its box."""

    label: str | None
    confirming_classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModerationName:
    """A label of DetectModerationLabels, its parent (empty at level 1) and its level in the taxonomy, from 1."""

    name: str
    parent: str
    level: int


@dataclass(frozen=True, slots=True)
class ModerationRule:
    """The classifier's classes that show a moderation label, and the least sum of their chances, 0 to 1."""

    name: str
    classes: tuple[int, ...]
    min_chance: float


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every label by its name; which class of which model shows which label; the moderation labels and their rules.

    `objects` has the detector's classes, 1 to 90; `classes` the classifier's, 0 to 999; `scenes` the classes whose
    chances add up to a label that is no thing.
    """

    labels: Mapping[str, TaxonomyLabel]
    objects: Mapping[int, ObjectClass]
    classes: Mapping[int, str]
    scenes: Mapping[str, tuple[int, ...]]
    moderation: Mapping[str, ModerationName]
    moderation_rules: tuple[ModerationRule, ...]
    min_explicit_chance: float

    def list_names(self, name: str) -> tuple[str, ...]:
        """The label and all of its ancestors."""
        return name, *self.labels[name].parents

    def list_descendants(self, name: str) -> frozenset[str]:
        """The label and all labels under it."""
        return frozenset(other for other in self.labels if name in self.list_names(other))


@cache
def load_taxonomy() -> Taxonomy:
    """Read labels.json."""
    table = models.load_table()
    moderation = table["moderation"]
    return Taxonomy(
        labels={name: _parse_label(name, row) for name, row in table["labels"].items()},
        objects={int(number): ObjectClass(row["label"], tuple(row["kin"])) for number, row in table["coco"].items()},
        classes={int(number): name for number, name in table["imagenet"].items()},
        scenes={name: tuple(classes) for name, classes in table["context"].items()},
        moderation={name: ModerationName(name, parent, level) for name, parent, level in moderation["taxonomy"]},
        moderation_rules=tuple(
            ModerationRule(name, tuple(row["classes"]), row["least"]) for name, row in moderation["imagenet"].items()
        ),
        min_explicit_chance=moderation["open_nsfw"]["least"],
    )


def _parse_label(name: str, row: Mapping[str, Any]) -> TaxonomyLabel:
    return TaxonomyLabel(name, tuple(row["Parents"]), tuple(row["Aliases"]), tuple(row["Categories"]))
