"""A face as it was detected."""

from dataclasses import dataclass

from rekbridge_engine.vision.boxes import BoundingBox, Coordinates
from rekbridge_engine.vision.images import DecodedImage


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face: box, confidence (0 to 100), and five points in pixels of `image`.

    The points are the eyes, the nose and the corners of the mouth, each the left of the image first.
    """

    box: BoundingBox
    confidence: float
    points: tuple[Coordinates, ...]
    image: DecodedImage

    @property
    def crop(self) -> DecodedImage:
        """The part of the image inside the face's box."""
        return self.image.crop(self.box)
