"""DetectLabels: the few things the parts at hand really detect, and the properties of the picture."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2

from engine.errors import invalid_parameters
from engine.vision import colours, faces, quality, reading
from engine.vision.boxes import Box
from engine.vision.picture import Picture

MODEL = "rekbridge-engine-1"
_DEFAULT_CONFIDENCE = 55.0
_DEFAULT_COLOURS = 10
_SIDE = 640
# A label wants more than a line does, a sure one of two letters: DetectText shows what is doubtful too.
_SURE_WORD = 85.0
_MOST_WORDS = 5
# OpenCV gives the last stage's margin; on the pictures at hand every cat's was above 0.
_CAT_CONFIDENCE = 75.0


@dataclass(frozen=True, slots=True)
class Label:
    """One of the labels there are, with its place in Rekognition's taxonomy."""

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    category: str


# AWS: "Only valid when GENERAL_LABELS is specified as a feature type".
LABEL_LIMITS = {"MaxLabels", "MinConfidence"}

type Seen = list[tuple[Box, float]]

FACE = Label("Face", ("Head", "Person"), (), "Person Description")
PERSON = Label("Person", (), ("Human",), "Person Description")
CAT = Label("Cat", ("Animal", "Mammal", "Pet"), (), "Animals and Pets")
TEXT = Label("Text", (), (), "Text and Documents")


def detect(pictures: Sequence[Picture], settings: dict[str, Any]) -> dict[str, Any]:
    """Answer DetectLabels. Raises InvalidParameterException for a limit on labels where none are asked for."""
    picture, features = pictures[0], settings.get("Features") or ["GENERAL_LABELS"]
    if "GENERAL_LABELS" not in features and settings.keys() & LABEL_LIMITS:
        raise invalid_parameters()
    chosen = settings.get("Settings", {})
    answer: dict[str, Any] = {"Labels": [], "LabelModelVersion": MODEL}
    if "GENERAL_LABELS" in features:
        wanted = [label for label in (PERSON, FACE, CAT, TEXT) if _wanted(label, chosen.get("GeneralLabels", {}))]
        answer["Labels"] = _found(picture, wanted, settings)
    if "IMAGE_PROPERTIES" in features:
        most = chosen.get("ImageProperties", {}).get("MaxDominantColors", _DEFAULT_COLOURS)
        answer["ImageProperties"] = properties(picture, most)
    return answer


def properties(picture: Picture, most_colours: int) -> dict[str, Any]:
    """Rekognition's ImageProperties, without Foreground and Background: nothing here tells the two apart."""
    return {
        "Quality": {
            "Brightness": quality.brightness(picture),
            "Sharpness": quality.sharpness(picture),
            "Contrast": quality.contrast(picture),
        },
        "DominantColors": colours.dominant(picture, most_colours),
    }


def _found(picture: Picture, wanted: Sequence[Label], settings: dict[str, Any]) -> list[dict[str, Any]]:
    least = settings.get("MinConfidence", _DEFAULT_CONFIDENCE)
    rows = [
        _answer(label, sure)
        for look, meant in DETECTORS
        if (labels := [label for label in meant if label in wanted])
        and (sure := [one for one in look(picture) if one[1] >= least])
        for label in labels
    ]
    rows.sort(key=lambda row: row["Confidence"], reverse=True)
    return rows[: settings.get("MaxLabels", len(rows))]


@cache
def _cascade() -> Any:
    return cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalcatface_extended.xml")


def _faces(picture: Picture) -> Seen:
    return [(face.box, face.confidence) for face in faces.find(picture)]


def _cats(picture: Picture) -> Seen:
    small = picture.within(_SIDE)
    places = _cascade().detectMultiScale(small.gray, 1.1, 3, minSize=(48, 48))
    return [
        (Box(left / small.width, top / small.height, width / small.width, height / small.height), _CAT_CONFIDENCE)
        for left, top, width, height in ([float(number) for number in place] for place in places)
    ]


def _words(picture: Picture) -> Seen:
    return [
        (line.box, line.confidence)
        for line in reading.glimpse(picture, _SIDE, _MOST_WORDS)
        if line.confidence >= _SURE_WORD and sum(letter.isalnum() for letter in line.text) > 1
    ]


def _answer(label: Label, seen: Seen) -> dict[str, Any]:
    return {
        "Name": label.name,
        "Confidence": max(confidence for _, confidence in seen),
        "Instances": [{"BoundingBox": box.answer(), "Confidence": confidence} for box, confidence in seen],
        "Parents": _names(label.parents),
        "Aliases": _names(label.aliases),
        "Categories": _names([label.category]),
    }


# A person is known by the face alone, so the face is also where the person was seen.
DETECTORS: Sequence[tuple[Callable[[Picture], Seen], tuple[Label, ...]]] = (
    (_faces, (PERSON, FACE)),
    (_cats, (CAT,)),
    (_words, (TEXT,)),
)


def _names(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"Name": name} for name in names]


def _wanted(label: Label, filters: dict[str, list[str]]) -> bool:
    """AWS: exclusion wins over inclusion; without an inclusion filter everything is included."""
    included = [*filters.get("LabelInclusionFilters", []), *filters.get("LabelCategoryInclusionFilters", [])]
    excluded = [*filters.get("LabelExclusionFilters", []), *filters.get("LabelCategoryExclusionFilters", [])]
    names = {label.name, label.category}
    return not names & set(excluded) and (not included or bool(names & set(included)))
