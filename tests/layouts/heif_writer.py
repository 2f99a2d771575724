"""Boxes of HEIC and AVIF, and a clean aperture: the part of the picture that is shown (ISO/IEC 14496-12, `clap`)."""

import struct
from collections.abc import Iterator

TURNS = {b"irot", b"imir"}

type Fraction = tuple[int, int]


def encode_aperture(width: Fraction, height: Fraction, right: Fraction = (0, 1), down: Fraction = (0, 1)) -> bytes:
    """The content of the box; `right` and `down` are the offsets of the part's centre from the picture's."""
    return struct.pack(">IIIIiIiI", *width, *height, *right, *down)


def add_aperture(file: bytes, aperture: bytes) -> bytes:
    """The same file with this property of its first item, in front of what turns it.

    The boxes that describe the picture move to the end, so that its data stays where it is.
    """
    kept, meta = b"", b""
    for kind, body in list_boxes(file):
        kept += encode_box(b"free" if kind == b"meta" else kind, body)
        meta = body if kind == b"meta" else meta
    parts = b"".join(
        encode_box(kind, _add_property(body, aperture) if kind == b"iprp" else body)
        for kind, body in list_boxes(meta[4:])
    )
    return kept + encode_box(b"meta", meta[:4] + parts)


def encode_box(kind: bytes, *parts: bytes) -> bytes:
    """A box of this kind with this content."""
    body = b"".join(parts)
    return (8 + len(body)).to_bytes(4) + kind + body


def list_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the boxes in a well-formed piece of data."""
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def _add_property(iprp: bytes, aperture: bytes) -> bytes:
    boxes = dict(list_boxes(iprp))
    properties, associations = boxes[b"ipco"], boxes[b"ipma"]
    kinds = [kind for kind, _ in list_boxes(properties)]
    # One association is one byte: version and flags are 0 in these files. The first item's begin behind its count.
    assert associations[:4] == bytes(4)
    count = associations[10]
    listed = associations[11 : 11 + count]
    turns = [number for number in listed if kinds[(number & 0x7F) - 1] in TURNS]
    others = [number for number in listed if number not in turns]
    added = bytes((count + 1, *others, 0x80 | len(kinds) + 1, *turns))
    properties += encode_box(b"clap", aperture)
    associations = associations[:10] + added + associations[11 + count :]
    return encode_box(b"ipco", properties) + encode_box(b"ipma", associations)
