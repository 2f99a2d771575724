"""Which moderation labels follow from the models' outputs: pure rules, without a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rekbridge_engine.vision.taxonomy import ModerationName, Taxonomy

EXPLICIT = "Explicit"
# Swimwear reads 0.36 on party dresses and more on sports wear, so its classes are not used.
UNUSED_RULES = frozenset({"Swimwear or Underwear"})


@dataclass(frozen=True, slots=True)
class ModerationChance:
    """A moderation label and its confidence, 0 to 100."""

    name: ModerationName
    confidence: float


def decide_labels(explicit_chance: float, chances: Sequence[float], taxonomy: Taxonomy) -> list[ModerationChance]:
    """The labels whose chance is enough, each with its parents: the surest first, a label before its parent."""
    confidences: dict[str, float] = {}
    for name, chance in _list_chances(explicit_chance, chances, taxonomy):
        for ancestor in _list_names(name, taxonomy):
            confidences[ancestor] = max(confidences.get(ancestor, 0.0), min(100.0, 100 * chance))
    labels = [ModerationChance(taxonomy.moderation[name], confidence) for name, confidence in confidences.items()]
    return sorted(labels, key=lambda label: (-label.confidence, -label.name.level, label.name.name))


def _list_chances(explicit_chance: float, chances: Sequence[float], taxonomy: Taxonomy) -> Iterator[tuple[str, float]]:
    if explicit_chance >= taxonomy.min_explicit_chance:
        yield EXPLICIT, explicit_chance
    for rule in taxonomy.moderation_rules:
        chance = sum(chances[number] for number in rule.classes)
        if chance >= rule.min_chance and rule.name not in UNUSED_RULES:
            yield rule.name, chance


def _list_names(name: str, taxonomy: Taxonomy) -> Iterator[str]:
    while name:
        yield name
        name = taxonomy.moderation[name].parent
