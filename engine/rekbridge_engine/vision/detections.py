"""What the detectors find, and the labels that the rules make of it. Confidences are 0 to 100."""

from dataclasses import dataclass

from rekbridge_engine.vision.boxes import BoundingBox


@dataclass(frozen=True, slots=True)
class DetectedObject:
    """A thing that the object detector found; its class is 1 to 90."""

    class_number: int
    box: BoundingBox
    confidence: float


@dataclass(frozen=True, slots=True)
class LabelInstance:
    """One thing that a label stands for."""

    box: BoundingBox
    confidence: float


@dataclass(frozen=True, slots=True)
class DetectedLabel:
    """A label by its name, and its instances, the surest first. A label that comes from no box has none."""

    name: str
    confidence: float
    instances: tuple[LabelInstance, ...] = ()
