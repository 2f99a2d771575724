"""Makes small images: quick to analyse, and each with different pixels."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageDraw

PHOTOS = Path(__file__).parents[1] / "photos"

# One face that Rekognition finds, even in an image that is small enough to be analysed quickly.
FACE = "admiral.jpg"
MAX_SIDE_PX = 160


def make_image(seed: str, photo: str = FACE, side: int = MAX_SIDE_PX, format: str = "JPEG") -> bytes:
    """A small photograph. A stamp in its corner makes the pixels different for each seed."""
    return encode_photo(load_stamped_photo(seed, photo, side), format)


def make_geotagged_image(seed: str) -> bytes:
    """A photograph as a phone stores it: with its make, its owner, and its GPS position."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Rekbridge phone"
    exif[ExifTags.Base.Artist] = "somebody"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return encode_photo(load_stamped_photo(seed), "JPEG", exif=exif, comment=b"not for everybody")


def load_stamped_photo(seed: str, photo: str = FACE, side: int = MAX_SIDE_PX) -> Image.Image:
    """A photograph with a stamp of 8 x 4 black and white blocks, computed from the seed."""
    image = Image.open(PHOTOS / photo).convert("RGB")
    image.thumbnail((side, side))
    draw, bits = ImageDraw.Draw(image), int.from_bytes(sha256(seed.encode()).digest()[:4])
    for number in range(32):
        x, y = number % 8 * 2, number // 8 * 2
        draw.rectangle((x, y, x + 1, y + 1), fill="white" if bits >> number & 1 else "black")
    return image


def encode_photo(image: Image.Image, format: str, **settings: object) -> bytes:
    """Encode an image in one of Pillow's formats."""
    file = BytesIO()
    image.save(file, format, **settings)
    return file.getvalue()
