"""Ask an engine about all photographs of the truth set, as a user does, and sum up how well it saw."""

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.engine.truth.expectations import PHOTOS, Box, Expectation, load_expectations, load_parents
from tests.engine.truth.verdicts import (
    FaceVerdict,
    LabelVerdict,
    Tally,
    judge_faces,
    judge_instances,
    judge_labels,
    judge_text,
    list_missed_words,
)

# Rekognition's own default, and the confidence that its documentation advises for fewer wrong labels.
CONFIDENCES = (55, 75)


@dataclass(frozen=True)
class PhotoAnswer:
    """What an engine said about one photograph."""

    expectation: Expectation
    confidences: Mapping[str, float]
    instances: Mapping[str, Sequence[Box]]
    faces: Sequence[Box]
    words: Sequence[str]

    def judge_labels(self, least_confidence: float) -> LabelVerdict:
        """The labels of at least that confidence."""
        return judge_labels(self.expectation, self.confidences, least_confidence, load_parents())

    @functools.cached_property
    def face_verdict(self) -> FaceVerdict:
        """The faces."""
        return judge_faces(self.expectation, self.faces)


@dataclass(frozen=True)
class Evaluation:
    """The answers about all photographs."""

    answers: tuple[PhotoAnswer, ...]

    def count_labels(self, least_confidence: float) -> Tally:
        """The labels of all photographs together."""
        return sum((a.judge_labels(least_confidence).counts for a in self.answers), Tally())

    def count_instances(self) -> Tally:
        """The boxes of things that are boxed in the expectations."""
        return sum((judge_instances(a.expectation, a.instances) for a in self.answers), Tally())

    def count_faces(self) -> Tally:
        """The faces that must be found, and boxes on none."""
        return sum((a.face_verdict.counts for a in self.answers), Tally())

    def count_text(self) -> Tally:
        """The words that must be read."""
        return sum((judge_text(a.expectation, a.words) for a in self.answers), Tally())

    def list_wrong_labels(self, least_confidence: float) -> list[tuple[str, str, float]]:
        """File, label and confidence of each wrong label, the surest first."""
        wrong = [
            (answer.expectation.file, name, answer.confidences[name])
            for answer in self.answers
            for name in answer.judge_labels(least_confidence).wrong
        ]
        return sorted(wrong, key=lambda row: (-row[2], row[0], row[1]))

    def list_missed_labels(self, least_confidence: float) -> list[tuple[str, list[str]]]:
        """File and the labels that it must have and has not."""
        rows = [(a.expectation.file, sorted(a.judge_labels(least_confidence).missed)) for a in self.answers]
        return [row for row in rows if row[1]]

    def list_missed_words(self) -> list[tuple[str, list[str]]]:
        """File and the words that must be read and were not."""
        rows = [(a.expectation.file, list_missed_words(a.expectation, a.words)) for a in self.answers]
        return [row for row in rows if row[1]]

    def list_missed_faces(self) -> list[tuple[str, Box]]:
        """File and box of each face that must be found and was not."""
        return [(a.expectation.file, face.box) for a in self.answers for face in a.face_verdict.missed]

    def list_false_faces(self, without_faces: bool = False) -> list[tuple[str, Box]]:
        """File and box of each box on no face; on request only those of photographs without any face."""
        return [
            (a.expectation.file, box)
            for a in self.answers
            for box in a.face_verdict.false
            if not (without_faces and a.expectation.faces)
        ]


def ask_engine(client: Any, expectation: Expectation) -> PhotoAnswer:
    """What the engine behind a boto3 client says about one photograph; words are asked for only where some are."""
    image = {"Bytes": (PHOTOS / expectation.file).read_bytes()}
    labels = client.detect_labels(Image=image, MinConfidence=min(CONFIDENCES), MaxLabels=1000)["Labels"]
    faces = client.detect_faces(Image=image)["FaceDetails"]
    text = client.detect_text(Image=image)["TextDetections"] if expectation.text else []
    return PhotoAnswer(
        expectation,
        confidences={label["Name"]: label["Confidence"] for label in labels},
        instances={label["Name"]: [read_box(i["BoundingBox"]) for i in label["Instances"]] for label in labels},
        faces=[read_box(face["BoundingBox"]) for face in faces],
        words=[detection["DetectedText"] for detection in text if detection["Type"] == "WORD"],
    )


def read_box(box: Mapping[str, float]) -> Box:
    """A BoundingBox of a response."""
    return (box["Left"], box["Top"], box["Width"], box["Height"])


def evaluate_engine(client: Any) -> Evaluation:
    """What the engine behind a boto3 client says about all photographs, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return Evaluation(tuple(pool.map(functools.partial(ask_engine, client), load_expectations())))
