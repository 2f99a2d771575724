"""What the demo uploads: photographs, odd formats made of them, awkward names, and files that are to be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL.Image import Image, Quantize

from rekbridge.demo import odd
from rekbridge.demo.odd import opened, saved
from rekbridge.support import paths

PHOTOS = paths.ROOT / "tests" / "photos"
HEIC = paths.ROOT / "tests" / "odd" / "orientation-6.heic"

# Faces and lines of text in one picture, stored sideways: its boxes are drawn.
SHEET = "studio/contact sheet, sideways.jpg"

NOTE = b"This text file was given the name of a picture.\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A key whose first segment is its owner, its bytes, and the code it is to be refused with, if so."""

    key: str
    make: Callable[[], bytes]
    refused: str | None = None


def samples(photos: Path = PHOTOS) -> list[Sample]:
    """All of them, in the order of the table."""
    files = sorted(file for file in photos.iterdir() if file.suffix in {".jpg", ".png"})
    return [
        *(Sample(f"museum/{file.name}", file.read_bytes) for file in files),
        *formats(photos),
        *names(photos),
        *refused(),
    ]


def formats(photos: Path) -> list[Sample]:
    """One of each kind that has to be made into something else before Rekognition takes it."""

    def photo(name: str) -> Callable[[], Image]:
        return partial(opened, photos / name)

    astronaut, admiral, portraits = photo("astronaut.jpg"), photo("admiral.jpg"), photo("two-portraits.jpg")
    page, recipe = photo("page.png"), photo("recipe.png")
    return [
        Sample("studio/astronaut.bmp", lambda: saved(astronaut(), "BMP")),
        Sample("studio/page scan.tiff", lambda: saved(page(), "TIFF", compression="tiff_lzw")),
        Sample("studio/astronaut.webp", lambda: saved(astronaut(), "WEBP", quality=90)),
        Sample("studio/recipe.gif", lambda: saved(recipe().convert("L"), "GIF")),
        Sample("studio/quadrants, sideways.heic", HEIC.read_bytes),
        Sample("studio/two portraits.avif", lambda: saved(portraits(), "AVIF", quality=80, speed=10)),
        Sample("studio/admiral CMYK.jpg", lambda: saved(admiral().convert("CMYK"), "JPEG", quality=95)),
        Sample("studio/page 16 bits.png", lambda: odd.sixteen_bits(page().convert("L"))),
        Sample("studio/admiral palette.png", lambda: saved(admiral().quantize(64, Quantize.FASTOCTREE), "PNG")),
        Sample("studio/astronaut alpha.png", lambda: odd.cut_out(astronaut())),
        Sample("studio/astronaut sideways, with GPS.jpg", lambda: odd.sideways(astronaut())),
        Sample(SHEET, partial(sheet, photos)),
    ]


def names(photos: Path) -> list[Sample]:
    """Keys that notifications have to escape; and equal bytes under a second name, and under a second owner."""
    coffee = (photos / "coffee.jpg").read_bytes
    return [
        Sample("archive/café + 東京 100%.jpg", coffee),
        Sample("archive/the same again.jpg", coffee),
    ]


def refused() -> list[Sample]:
    """Files that Rekognition is never asked about."""
    return [
        Sample("archive/note.jpg", lambda: NOTE, refused="unreadable-image"),
        Sample("archive/bomb.png", odd.bomb, refused="image-too-large"),
        Sample("archive/dot.gif", lambda: saved(opened(PHOTOS / "cat.jpg").resize((8, 8)), "GIF"), "image-too-small"),
    ]


def sheet(photos: Path) -> bytes:
    """The contact sheet."""
    return odd.sideways(odd.contact_sheet(photos / "two-portraits.jpg", photos / "page.png"))
