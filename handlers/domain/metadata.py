"""Pictures that go as they are, freed of their metadata without decoding."""

from handlers.domain.formats import jpeg, png
from handlers.domain.pictures import Picture
from handlers.domain.ranges import Whole


def dropped(picture: Picture, data: Whole) -> bytes | None:
    """The same pixels and nothing else; None where the picture must be decoded."""
    if not picture.native:
        return None
    if picture.format == "png":
        return png.without_metadata(data)
    return jpeg.without_metadata(data, picture.orientation)
