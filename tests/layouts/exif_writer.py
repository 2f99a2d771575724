"""Adds an EXIF orientation to a JPEG or WebP. Independent of the product."""

import struct
from collections.abc import Callable


def encode_orientation(orientation: int) -> bytes:
    """A TIFF with nothing but the tag."""
    return b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHH", 274, 3, 1, orientation, 0) + bytes(4)


def write_jpeg(write: Callable[[], bytes], exif: bytes) -> bytes:
    """A JPEG with this EXIF as its first segment."""
    file, body = write(), b"Exif\0\0" + exif
    return file[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + file[2:]


def write_webp(write: Callable[[], bytes], exif: bytes) -> bytes:
    """An extended WebP, whose EXIF follows its pixels (RFC 9649, 2.7)."""
    chunk = write()[12:]
    sides = chunk[14:18]
    width, height = (int.from_bytes(sides[at : at + 2], "little") & 0x3FFF for at in (0, 2))
    header = (
        b"VP8X" + struct.pack("<IB3x", 10, 8) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )
    last = b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2)
    body = b"WEBP" + header + chunk + last
    return b"RIFF" + struct.pack("<I", len(body)) + body
