"""Damaged images for fuzzing: files of every format, changed as errors, cuts and attackers change them."""

import random
import re
import zlib
from collections.abc import Callable, Iterator

from tests.odd_formats import FORMATS, make_rotated_file

# Words of the formats. What stands beside one of them is a length, a count or an offset.
TAGS = [
    *(b"ftyp", b"meta", b"hdlr", b"pitm", b"iloc", b"iinf", b"infe", b"iref", b"iprp", b"ipco", b"ipma", b"ispe"),
    *(b"pixi", b"av1C", b"hvcC", b"colr", b"irot", b"imir", b"auxC", b"mdat", b"idat", b"grid", b"dimg", b"auxl"),
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"gAMA", b"eXIf", b"zTXt", b"acTL", b"fcTL", b"fdAT"),
    *(b"RIFF", b"WEBP", b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF"),
    *(
        b"\xff\xc0",
        b"\xff\xc2",
        b"\xff\xc4",
        b"\xff\xda",
        b"\xff\xdb",
        b"\xff\xdd",
        b"\xff\xe1",
        b"\xff\xee",
        b"\xff\xd9",
    ),
    *(
        b"GIF89a",
        b"\x21\xf9\x04",
        b"\x21\xff\x0b",
        b"\x2c\0\0\0\0",
        b"NETSCAPE2.0",
        b"Exif\0\0",
        b"II*\0",
        b"MM\0*",
        b"BM",
    ),
]
# Little-endian TIFF entries: sizes, bits, compression, strips, samples, tiles.
TIFF_TAGS = [
    tag.to_bytes(2, "little") for tag in (256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 322, 323, 324, 325)
]
NUMBERS = [0, 1, 2, 7, 8, 127, 128, 255, 256, 4095, 32767, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1]
HEAD_BYTES = 600
PNG_SIGNATURE_BYTES = 8

type Mutator = Callable[[random.Random, bytearray, bytes], None]


def list_seeds() -> dict[str, list[bytes]]:
    """Undamaged files by format."""
    seeds: dict[str, list[bytes]] = {}
    for name, (make, _) in FORMATS.items():
        seeds.setdefault(name.split()[0].lower(), []).append(make())
    for name in ("JPEG", "PNG", "TIFF", "WEBP", "HEIC", "AVIF"):
        seeds[name.lower()] += [make_rotated_file(name, orientation) for orientation in (3, 6)]
    return seeds


def mutate(rng: random.Random, file: bytes, other: bytes) -> bytes:
    """A copy with one to four changes; `other` is another file of the same format."""
    changed = bytearray(file)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        rng.choice(MUTATORS)(rng, changed, other)
    # With wrong checksums a PNG would be refused before most of its decoder has run.
    return fix_checksums(bytes(changed)) if rng.random() < 0.7 else bytes(changed)


def choose_position(rng: random.Random, file: bytearray) -> int:
    """Half of the time in the header."""
    return rng.randrange(min(len(file), HEAD_BYTES) if rng.random() < 0.5 else len(file)) if file else 0


def flip_bytes(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Change single bytes."""
    for _ in range(rng.randint(1, 8) if file else 0):
        file[choose_position(rng, file)] ^= 1 << rng.randrange(8) if rng.random() < 0.5 else rng.randrange(1, 256)


def truncate(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Cut off the end."""
    del file[choose_position(rng, file) :]


def write_number(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Overwrite with a number at which programs fail."""
    size = rng.choice((1, 2, 4))
    number = (rng.choice(NUMBERS) & ((1 << 8 * size) - 1)).to_bytes(size, rng.choice(("big", "little")))
    at = choose_position(rng, file)
    file[at : at + size] = number[: len(file) - at]


def edit_beside_tag(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Change the length before a word of the format, or what follows it."""
    places = [match.start() for tag in (*TAGS, *TIFF_TAGS) for match in re.finditer(re.escape(tag), bytes(file))]
    if not places:
        return
    size = rng.choice((1, 2, 4))
    number = (rng.choice(NUMBERS) & ((1 << 8 * size) - 1)).to_bytes(size, rng.choice(("big", "little")))
    at = max(0, rng.choice(places) + rng.choice((-4, -2, 2, 4, 5, 6, 8, 10, 12)))
    file[at : at + size] = number[: max(0, len(file) - at)]


def insert_tag(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Write a word of the formats over what is there, or between it."""
    at, tag = choose_position(rng, file), rng.choice((*TAGS, *TIFF_TAGS))
    file[at : at + rng.choice((0, len(tag)))] = tag


def copy_part(rng: random.Random, file: bytearray, other: bytes) -> None:
    """Repeat, move or remove a part."""
    start = choose_position(rng, file)
    part = file[start : start + rng.choice((1, 4, 12, 64, 500))]
    at = choose_position(rng, file)
    file[at : at + rng.choice((0, len(part)))] = part * rng.choice((0, 1, 1, 3))


def splice(rng: random.Random, file: bytearray, other: bytes) -> None:
    """The beginning of one file and the end of another."""
    at = choose_position(rng, file)
    file[at:] = other[max(0, at + rng.choice((0, 0, -1, 1, -12, 12))) :]


MUTATORS: list[Mutator] = [
    flip_bytes, truncate, write_number, write_number, edit_beside_tag, edit_beside_tag, insert_tag, copy_part, splice,
]  # fmt: skip


def fix_checksums(file: bytes) -> bytes:
    """A PNG with the right checksum for every chunk; any other file as it is."""
    if not file.startswith(b"\x89PNG"):
        return file
    parts, at = [file[:PNG_SIGNATURE_BYTES]], PNG_SIGNATURE_BYTES
    while at + 12 <= len(file):
        end = at + 8 + int.from_bytes(file[at : at + 4])
        body = file[at + 4 : end]
        parts += file[at : at + 4], body, zlib.crc32(body).to_bytes(4)
        at = end + 4
    return b"".join(parts) + file[at:]


def iterate_mutations(seed: int, count: int, formats: set[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """So many damaged files, the formats in turn; the same for the same seed."""
    rng = random.Random(seed)
    seeds = {name: files for name, files in list_seeds().items() if formats is None or name in formats}
    names = sorted(seeds)
    for number in range(count):
        name = names[number % len(names)]
        yield name, mutate(rng, rng.choice(seeds[name]), rng.choice(seeds[name]))
