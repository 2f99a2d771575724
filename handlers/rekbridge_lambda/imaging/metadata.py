"""Pictures that go as they are, freed of their metadata without decoding."""

from typing import BinaryIO

from rekbridge_lambda.imaging.dimensions import Picture
from rekbridge_lambda.imaging.formats import jpeg, png


def dropped(picture: Picture, file: BinaryIO) -> bytes | None:
    """The same pixels and nothing else; None where the picture must be decoded."""
    if not picture.native:
        return None
    if picture.format == "png":
        return png.without_metadata(file)
    return jpeg.without_metadata(file, picture.orientation)
