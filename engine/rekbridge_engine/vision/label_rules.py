"""Which labels follow from the models' outputs: pure rules, without a model.

The thresholds were chosen on the photographs in tests/photos and a hundred others; docs/engine.md has the reasons.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.detections import DetectedLabel, DetectedObject, LabelInstance
from rekbridge_engine.vision.taxonomy import Taxonomy

PERSON, HEAD, FACE, TEXT, ANIMAL = "Person", "Head", "Face", "Text", "Animal"
# The least chance of a class, 0 to 1, that the classifier must see in a thing's box. Right boxes had 0.69 or more,
# wrong ones 0.074 or less.
MIN_CONFIRMING_CHANCE = 0.1
# A thing that no class of the classifier can confirm needs this confidence of the detector.
MIN_UNCONFIRMED_CONFIDENCE = 75.0
# An animal needs one kind with this chance: a meadow spreads 0.6 over many of them.
MIN_ANIMAL_CHANCE = 0.3
# A face belongs to a person in whose box at least this fraction of it lies.
_MIN_FACE_INSIDE = 0.6

type ChanceMeasure = Callable[[BoundingBox, Sequence[int]], float]
type LabelChances = dict[str, float]


def confirm_objects(
    objects: Iterable[DetectedObject], measure_chance: ChanceMeasure, taxonomy: Taxonomy
) -> list[DetectedObject]:
    """Keep the objects that have a label and that the classifier, which sees their box alone, does not contradict.

    Persons need no confirmation: ImageNet has no class for them.
    """
    return [one for one in objects if _is_confirmed(one, measure_chance, taxonomy)]


def sum_chances(chances: Sequence[float], taxonomy: Taxonomy) -> LabelChances:
    """The chance of every label that the classifier knows, 0 to 1: the sum for the classes under it.

    So a dog of mixed breed is surely a dog without being surely of a breed.
    """
    by_label: LabelChances = defaultdict(float)
    for number, name in taxonomy.classes.items():
        by_label[name] += chances[number]
    sums: LabelChances = defaultdict(float)
    highest: LabelChances = defaultdict(float)
    for kind, chance in by_label.items():
        for name in taxonomy.list_names(kind):
            sums[name] += chance
            highest[name] = max(highest[name], chance)
    vague = {name for name in sums if ANIMAL in taxonomy.list_names(name) and highest[name] < MIN_ANIMAL_CHANCE}
    scenes = {name: sum(chances[number] for number in numbers) for name, numbers in taxonomy.scenes.items()}
    certain = {name: chance for name, chance in sums.items() if name not in vague}
    return {name: min(1.0, max(certain.get(name, 0), scenes.get(name, 0))) for name in certain | scenes}


def group_instances(
    objects: Iterable[DetectedObject], faces: Sequence[LabelInstance], taxonomy: Taxonomy
) -> dict[str, list[LabelInstance]]:
    """The instances of each label that has boxes: things, faces, and persons by their body or, else, by their face."""
    groups: dict[str, list[LabelInstance]] = defaultdict(list)
    for one in objects:
        name = taxonomy.objects[one.class_number].label
        if name is not None:
            groups[name].append(LabelInstance(one.box, one.confidence))
    if faces:
        groups[FACE] = list(faces)
        groups[PERSON] = join_persons(groups[PERSON], faces)
    return groups


def join_persons(bodies: Sequence[LabelInstance], faces: Iterable[LabelInstance]) -> list[LabelInstance]:
    """One instance a person: a face makes the smallest body around it as sure as itself, or is a person of its own."""
    persons, without_face = [], sorted(bodies, key=lambda body: body.box.area)
    for face in sorted(faces, key=_rank_instance):
        body = next((one for one in without_face if _compute_part_inside(face.box, one.box) >= _MIN_FACE_INSIDE), None)
        if body is None:
            persons.append(face)
        else:
            without_face.remove(body)
            persons.append(LabelInstance(body.box, max(body.confidence, face.confidence)))
    return [*persons, *without_face]


def rank_labels(
    chances: LabelChances, groups: dict[str, list[LabelInstance]], taxonomy: Taxonomy
) -> list[DetectedLabel]:
    """Every label with its confidence, the surest first, equally sure ones by name.

    A label is at least as sure as any of its instances and as any label under it.
    """
    confidences = {name: 100 * chance for name, chance in chances.items() if chance > 0}
    for name, instances in groups.items():
        highest = max(instance.confidence for instance in instances)
        for ancestor in taxonomy.list_names(name):
            confidences[ancestor] = max(confidences.get(ancestor, 0.0), highest)
    labels = [
        DetectedLabel(name, confidence, tuple(sorted(groups.get(name, []), key=_rank_instance)))
        for name, confidence in confidences.items()
    ]
    return sorted(labels, key=lambda label: (-label.confidence, label.name))


def _is_confirmed(one: DetectedObject, measure_chance: ChanceMeasure, taxonomy: Taxonomy) -> bool:
    row = taxonomy.objects[one.class_number]
    if row.label is None:
        return False
    if row.label == PERSON:
        return True
    if not row.confirming_classes:
        return one.confidence >= MIN_UNCONFIRMED_CONFIDENCE
    return measure_chance(one.box, row.confirming_classes) >= MIN_CONFIRMING_CHANCE


def _compute_part_inside(inner: BoundingBox, outer: BoundingBox) -> float:
    across = min(inner.right, outer.right) - max(inner.left, outer.left)
    down = min(inner.bottom, outer.bottom) - max(inner.top, outer.top)
    return max(0.0, across) * max(0.0, down) / inner.area if inner.area else 0.0


def _rank_instance(instance: LabelInstance) -> tuple[float, float, float]:
    return -instance.confidence, instance.box.left, instance.box.top
