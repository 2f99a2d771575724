"""Small pictures for the tests that call Rekognition: cheap to analyse, each with pixels of its own."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageDraw

PHOTOS = Path(__file__).parents[1] / "photos"

# A face that Rekognition finds, and so small that nothing takes long.
FACE = "admiral.jpg"
SIDE = 160


def picture(seed: str, photo: str = FACE, side: int = SIDE, form: str = "JPEG") -> bytes:
    """A photograph made small, and different from every other by a stamp in its corner."""
    return saved(stamped(seed, photo, side), form)


def geotagged(seed: str) -> bytes:
    """As a phone would write it: its maker, its owner, and where it was."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Rekbridge phone"
    exif[ExifTags.Base.Artist] = "somebody"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return saved(stamped(seed), "JPEG", exif=exif, comment=b"not for everybody")


def stamped(seed: str, photo: str = FACE, side: int = SIDE) -> Image.Image:
    """The picture before it is a file: 8 x 4 blocks in black and white, which tell the seed."""
    image = Image.open(PHOTOS / photo).convert("RGB")
    image.thumbnail((side, side))
    draw, bits = ImageDraw.Draw(image), int.from_bytes(sha256(seed.encode()).digest()[:4])
    for number in range(32):
        x, y = number % 8 * 2, number // 8 * 2
        draw.rectangle((x, y, x + 1, y + 1), fill="white" if bits >> number & 1 else "black")
    return image


def saved(image: Image.Image, form: str, **settings: object) -> bytes:
    """The picture as a file."""
    file = BytesIO()
    image.save(file, form, **settings)
    return file.getvalue()
