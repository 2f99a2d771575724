"""The rules of DetectLabels, with made-up outputs of the models."""

from collections.abc import Sequence

import pytest
from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.detections import DetectedLabel, DetectedObject, LabelInstance
from rekbridge_engine.vision.label_rules import (
    MIN_ANIMAL_CHANCE,
    confirm_objects,
    group_instances,
    join_persons,
    rank_labels,
    sum_chances,
)
from rekbridge_engine.vision.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
PERSON, CAT, CUP, SKATEBOARD, SKIS = 1, 17, 47, 41, 35
TABBY, MALINOIS, WEBSITE = 281, 225, 916
BOX = BoundingBox(0.2, 0.2, 0.4, 0.4)


def make_chances(**by_number: float) -> list[float]:
    """The classifier's output; an argument is the number of a class after an underscore."""
    chances = [0.0] * 1000
    for number, chance in by_number.items():
        chances[int(number.removeprefix("_"))] = chance
    return chances


class FixedClassifier:
    """A classifier that sees the same chance in every box, and records which classes it was to look for."""

    def __init__(self, chance: float) -> None:
        self.chance = chance
        self.searched_classes: list[tuple[int, ...]] = []

    def __call__(self, _box: BoundingBox, classes: Sequence[int]) -> float:
        self.searched_classes.append(tuple(classes))
        return self.chance


def get_label(labels: Sequence[DetectedLabel], name: str) -> DetectedLabel:
    return next(label for label in labels if label.name == name)


def test_every_ancestor_of_a_label_is_a_label_with_all_of_its_own_ancestors_among_them() -> None:
    for label in TAXONOMY.labels.values():
        for parent in label.parents:
            assert set(TAXONOMY.labels[parent].parents) <= set(label.parents), label


def test_every_label_of_a_class_is_in_the_taxonomy() -> None:
    names = {*TAXONOMY.classes.values(), *TAXONOMY.scenes, *(row.label for row in TAXONOMY.objects.values())}
    assert names - {None} <= TAXONOMY.labels.keys()


def test_the_taxonomy_has_the_80_things_and_classes_of_the_classifier_alone() -> None:
    assert (len(TAXONOMY.objects), set(TAXONOMY.classes) <= set(range(1000))) == (80, True)


def test_classes_of_one_label_add_up() -> None:
    chances = sum_chances(make_chances(_281=0.4, _282=0.3), TAXONOMY)
    assert [chances[name] for name in ("Cat", "Pet", "Mammal", "Animal")] == pytest.approx([0.7] * 4)


@pytest.mark.parametrize(("chance", "is_animal"), [(MIN_ANIMAL_CHANCE - 0.01, False), (MIN_ANIMAL_CHANCE, True)])
def test_an_animal_needs_one_kind_that_stands_out(chance: float, is_animal: bool) -> None:
    kinds = make_chances(**{f"_{TABBY}": chance, f"_{MALINOIS}": 0.25, "_2": 0.2, "_386": 0.2})
    assert ("Animal" in sum_chances(kinds, TAXONOMY)) is is_animal


def test_classes_without_a_label_give_none() -> None:
    chances = sum_chances(make_chances(**{f"_{WEBSITE}": 1.0}), TAXONOMY)
    assert not any(chances.values())


def test_a_scene_has_the_sum_of_its_classes_whatever_they_are() -> None:
    chances = sum_chances(make_chances(**{f"_{number}": 0.2 for number in (970, 972, 979)}), TAXONOMY)
    assert (chances["Nature"], chances["Outdoors"]) == pytest.approx((0.6, 0.6))


@pytest.mark.parametrize(
    ("class_number", "confidence", "chance", "is_confirmed"),
    [
        (CAT, 96, 0.09, False),
        (CAT, 51, 0.11, True),
        (PERSON, 51, 0.0, True),
        (SKATEBOARD, 74, 1.0, False),
        (SKATEBOARD, 75, 0.0, True),
        (SKIS, 99, 1.0, False),
    ],
)
def test_a_box_needs_the_classifiers_consent(
    class_number: int, confidence: float, chance: float, is_confirmed: bool
) -> None:
    thing = DetectedObject(class_number, BOX, confidence)
    assert confirm_objects([thing], FixedClassifier(chance), TAXONOMY) == ([thing] if is_confirmed else [])


def test_the_classifier_looks_for_the_classes_that_confirm_the_thing() -> None:
    classifier = FixedClassifier(1.0)
    confirm_objects([DetectedObject(PERSON, BOX, 90), DetectedObject(CAT, BOX, 90)], classifier, TAXONOMY)
    assert classifier.searched_classes == [TAXONOMY.objects[CAT].confirming_classes]


def test_a_face_in_a_body_is_the_same_person_as_sure_as_the_surer_of_both() -> None:
    body, face = LabelInstance(BoundingBox(0.2, 0.1, 0.4, 0.9), 61), LabelInstance(BoundingBox(0.3, 0.2, 0.1, 0.1), 99)
    assert join_persons([body], [face]) == [LabelInstance(body.box, 99)]


def test_a_face_outside_of_every_body_is_a_person_of_its_own() -> None:
    body, face = LabelInstance(BoundingBox(0, 0, 0.4, 1), 70), LabelInstance(BoundingBox(0.6, 0.2, 0.2, 0.3), 98)
    assert sorted(join_persons([body], [face]), key=lambda one: one.confidence) == [body, face]


def test_of_two_faces_in_one_body_the_second_is_a_person_of_its_own() -> None:
    body = LabelInstance(BoundingBox(0, 0, 1, 1), 80)
    faces = [LabelInstance(BoundingBox(left, 0.2, 0.2, 0.2), 95) for left in (0.1, 0.6)]
    assert len(join_persons([body], faces)) == 2


def test_a_face_in_two_bodies_belongs_to_the_smaller_one() -> None:
    parent, child = LabelInstance(BoundingBox(0, 0, 1, 1), 90), LabelInstance(BoundingBox(0.4, 0.4, 0.2, 0.5), 60)
    persons = join_persons([parent, child], [LabelInstance(BoundingBox(0.45, 0.45, 0.1, 0.1), 97)])
    assert sorted(persons, key=lambda one: one.box.area) == [LabelInstance(child.box, 97), parent]


def test_a_body_without_a_face_stays_a_person() -> None:
    body = LabelInstance(BOX, 64)
    assert join_persons([body], []) == [body]


def test_a_face_gives_face_head_and_person() -> None:
    groups = group_instances([], [LabelInstance(BOX, 98)], TAXONOMY)
    labels = rank_labels({}, groups, TAXONOMY)
    assert [(label.name, label.confidence, len(label.instances)) for label in labels] == [
        ("Face", 98, 1),
        ("Head", 98, 0),
        ("Person", 98, 1),
    ]


def test_the_ancestors_of_a_thing_are_labels_as_sure_as_it() -> None:
    groups = group_instances([DetectedObject(CAT, BOX, 80)], [], TAXONOMY)
    labels = rank_labels({"Cat": 0.6, "Animal": 0.9}, groups, TAXONOMY)
    assert [(label.name, label.confidence) for label in labels] == [
        ("Animal", 90),
        ("Cat", 80),
        ("Mammal", 80),
        ("Pet", 80),
    ]
    assert [label.name for label in labels if label.instances] == ["Cat"]


def test_labels_are_ordered_by_confidence_and_then_by_name() -> None:
    labels = rank_labels({"Cup": 0.5, "Book": 0.5, "Tie": 0.7}, {}, TAXONOMY)
    assert [label.name for label in labels] == ["Tie", "Book", "Cup"]


def test_the_surest_instance_comes_first() -> None:
    things = [DetectedObject(CUP, BoundingBox(left, 0, 0.1, 0.1), 60 + 100 * left) for left in (0.1, 0.3, 0.2)]
    instances = get_label(rank_labels({}, group_instances(things, [], TAXONOMY), TAXONOMY), "Cup").instances
    assert [instance.confidence for instance in instances] == [90, 80, 70]
