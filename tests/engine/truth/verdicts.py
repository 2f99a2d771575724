"""Compare answers with what is to be seen: labels, boxes, faces and words of one photograph. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.engine.truth.expectations import Box, Expectation, ExpectedFace, add_parents

MATCHING_OVERLAP = 0.5


@dataclass(frozen=True)
class Tally:
    """How many answers were right and wrong, and how much was missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    recalled: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.recalled + other.recalled,
        )

    @property
    def precision(self) -> float:
        """The share of answers that are right; 1 if there is no answer."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what must be found that was; 1 if there is nothing to find."""
        return self.recalled / (self.recalled + self.missed) if self.recalled + self.missed else 1.0


@dataclass(frozen=True)
class LabelVerdict:
    """The labels of one photograph: what was answered rightly and wrongly, and what must be there and is not."""

    right: frozenset[str]
    wrong: frozenset[str]
    missed: frozenset[str]
    recalled: frozenset[str]

    @property
    def counts(self) -> Tally:
        """How many labels."""
        return Tally(len(self.right), len(self.wrong), len(self.missed), len(self.recalled))


def judge_labels(
    expectation: Expectation,
    confidences: Mapping[str, float],
    least_confidence: float,
    parents: Mapping[str, frozenset[str]],
) -> LabelVerdict:
    """Labels by confidence (0 to 100) against what is true; those below the least confidence were not said."""
    answered = frozenset(name for name, confidence in confidences.items() if confidence >= least_confidence)
    true = add_parents(expectation.labels | expectation.allowed, parents)
    return LabelVerdict(
        right=answered & true,
        wrong=answered - true,
        missed=expectation.labels - answered,
        recalled=expectation.labels & answered,
    )


def compute_overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def match_boxes(expected: Sequence[Box], answered: Sequence[Box]) -> dict[int, int]:
    """Which answer fits which expected box, best overlap first, each at most once: expected index to answered."""
    overlaps = sorted(
        ((compute_overlap(box, other), i, j) for i, box in enumerate(expected) for j, other in enumerate(answered)),
        reverse=True,
    )
    matches: dict[int, int] = {}
    for overlap, i, j in overlaps:
        if overlap >= MATCHING_OVERLAP and i not in matches and j not in matches.values():
            matches[i] = j
    return matches


def judge_instances(expectation: Expectation, instances: Mapping[str, Sequence[Box]]) -> Tally:
    """Boxes of labels that are boxed in the expectation; more of a crowd than is boxed is not wrong."""
    total = Tally()
    for label in sorted({label for label, _ in expectation.objects}):
        expected = [box for name, box in expectation.objects if name == label]
        answered = instances.get(label, ())
        matched = len(match_boxes(expected, answered))
        unmatched = 0 if label in expectation.crowd else len(answered) - matched
        total += Tally(matched, unmatched, len(expected) - matched, matched)
    return total


@dataclass(frozen=True)
class FaceVerdict:
    """The faces of one photograph: of those that must be found, and boxes on no face at all."""

    recalled: tuple[ExpectedFace, ...]
    missed: tuple[ExpectedFace, ...]
    false: tuple[Box, ...]

    @property
    def counts(self) -> Tally:
        """The numbers of faces."""
        return Tally(len(self.recalled), len(self.false), len(self.missed), len(self.recalled))


def judge_faces(expectation: Expectation, answered: Sequence[Box]) -> FaceVerdict:
    """Faces against boxes; a box whose middle lies in a drawn or small face is no false one.

    Boxes of small faces are too rough to ask for an overlap. A second box on a face that was found is false.
    """
    matches = match_boxes([face.box for face in expectation.faces], answered)
    optional = [face.box for face in expectation.faces if not face.must_be_found]
    return FaceVerdict(
        recalled=tuple(f for i, f in enumerate(expectation.faces) if f.must_be_found and i in matches),
        missed=tuple(f for i, f in enumerate(expectation.faces) if f.must_be_found and i not in matches),
        false=tuple(
            box
            for j, box in enumerate(answered)
            if j not in matches.values() and not any(_holds_middle(face, box) for face in optional)
        ),
    )


def _holds_middle(face: Box, box: Box) -> bool:
    across, down = box[0] + box[2] / 2, box[1] + box[3] / 2
    return face[0] <= across <= face[0] + face[2] and face[1] <= down <= face[1] + face[3]


def list_missed_words(expectation: Expectation, words: Sequence[str]) -> list[str]:
    """Words that must be read and are not among those that were, whatever their case."""
    read = {word.casefold() for word in words}
    return [word for word in expectation.text if word.casefold() not in read]


def judge_text(expectation: Expectation, words: Sequence[str]) -> Tally:
    """Words that must be read; others may be there to read as well."""
    missed = len(list_missed_words(expectation, words))
    recalled = len(expectation.text) - missed
    return Tally(recalled, 0, missed, recalled)
