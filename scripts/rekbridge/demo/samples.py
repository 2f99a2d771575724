"""The files that the demo uploads: photographs, unusual formats, unusual keys, and files that must be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL.Image import Image

from rekbridge.demo import image_files
from rekbridge.demo.image_files import encode_image, load_photo
from rekbridge.support import paths

PHOTOS = paths.ROOT / "tests" / "photos"
HEIC = paths.ROOT / "tests" / "odd" / "orientation-6.heic"

# One image with faces, things, an animal and lines of text, stored sideways. The demo draws its boxes.
CONTACT_SHEET_KEY = "studio/contact sheet, sideways.jpg"

TEXT_FILE = b"This text file has the name of an image.\n"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A key, whose first segment is the owner, and the file's bytes. `expected_code` is set if it must be refused."""

    key: str
    make: Callable[[], bytes]
    expected_code: str | None = None


def list_samples(photos: Path = PHOTOS) -> list[SampleFile]:
    """List all samples, in the order of the result table."""
    files = sorted(file for file in photos.iterdir() if file.suffix in {".jpg", ".png"})
    return [
        *(SampleFile(f"museum/{file.name}", file.read_bytes) for file in files),
        *list_format_samples(photos),
        *list_key_samples(photos),
        *list_rejected_samples(),
    ]


def list_format_samples(photos: Path) -> list[SampleFile]:
    """List one file of each kind that has to be converted before Rekognition accepts it."""

    def photo(name: str) -> Callable[[], Image]:
        return partial(load_photo, photos / name)

    astronaut, admiral, portraits = photo("astronaut.jpg"), photo("admiral.jpg"), photo("two-portraits.jpg")
    page, recipe = photo("page.png"), photo("recipe.png")
    return [
        SampleFile("studio/astronaut.bmp", lambda: encode_image(astronaut(), "BMP")),
        SampleFile("studio/page scan.tiff", lambda: encode_image(page(), "TIFF", compression="tiff_lzw")),
        SampleFile("studio/astronaut.webp", lambda: encode_image(astronaut(), "WEBP", quality=90)),
        SampleFile("studio/recipe.gif", lambda: encode_image(recipe().convert("L"), "GIF")),
        SampleFile("studio/quadrants, sideways.heic", HEIC.read_bytes),
        SampleFile("studio/two portraits.avif", lambda: encode_image(portraits(), "AVIF", quality=80, speed=10)),
        SampleFile("studio/admiral CMYK.jpg", lambda: encode_image(admiral().convert("CMYK"), "JPEG", quality=95)),
        SampleFile("studio/page 16 bits.png", lambda: image_files.encode_with_16_bits(page().convert("L"))),
        SampleFile("studio/admiral palette.png", lambda: image_files.encode_with_palette(admiral())),
        SampleFile("studio/astronaut alpha.png", lambda: image_files.encode_with_transparency(astronaut())),
        SampleFile("studio/astronaut sideways, with GPS.jpg", lambda: image_files.encode_rotated_with_gps(astronaut())),
        SampleFile(CONTACT_SHEET_KEY, partial(make_contact_sheet, photos)),
    ]


def list_key_samples(photos: Path) -> list[SampleFile]:
    """List a key with characters that S3 escapes in its events, and the same bytes under two keys and two owners."""
    coffee = (photos / "coffee.jpg").read_bytes
    return [
        SampleFile("archive/café + 東京 100%.jpg", coffee),
        SampleFile("archive/the same again.jpg", coffee),
    ]


def list_rejected_samples() -> list[SampleFile]:
    """List files that must be refused before any call to Rekognition."""
    return [
        SampleFile("archive/note.jpg", lambda: TEXT_FILE, expected_code="unreadable-image"),
        SampleFile("archive/bomb.png", image_files.build_decompression_bomb, expected_code="image-too-large"),
        SampleFile(
            "archive/dot.gif",
            lambda: encode_image(load_photo(PHOTOS / "cat.jpg").resize((8, 8)), "GIF"),
            "image-too-small",
        ),
    ]


def make_contact_sheet(photos: Path) -> bytes:
    """Make the contact sheet, as a camera held sideways would store it."""
    rows = ("coffee.jpg", "two-portraits.jpg"), ("cat.jpg", "page.png")
    sheet = image_files.build_contact_sheet(*([photos / name for name in row] for row in rows))
    return image_files.encode_rotated_with_gps(sheet)
