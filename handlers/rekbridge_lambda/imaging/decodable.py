"""Gives a decoder the picture of a file, and none of the parts that could disturb it or cost more than the picture.

Pillow refuses a PNG for a text of the wrong checksum, and a JPEG without its end, which every viewer shows.
"""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from io import SEEK_CUR, SEEK_END, BufferedReader, RawIOBase
from typing import TYPE_CHECKING, BinaryIO, cast

from PIL import Image, PngImagePlugin
from PIL import JpegImagePlugin as _jpeg  # noqa: F401

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.formats import jpeg_segments, png, png_colour, tiff
from rekbridge_lambda.imaging.formats.jpeg import SOS
from rekbridge_lambda.imaging.formats.jpeg_completeness import has_all_scans
from rekbridge_lambda.imaging.formats.png_completeness import check_rows_are_complete
from rekbridge_lambda.imaging.mapped_file import map_file

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

type Piece = bytes | range

# Ours are the only texts that Pillow meets: a profile as long as we accept it.
PngImagePlugin.MAX_TEXT_CHUNK = png_colour.MAX_PROFILE_BYTES

# A file is judged complete at about this size, which keeps the memory small.
COMPARED_SIZE = 2048, 2048
# Any data without markers. Where it changes the picture, the picture was not complete; a decoder goes on with zeros.
OTHER_DATA = b"\xf7" + b"".join(sha256(bytes((n,))).digest() for n in range(64)).replace(b"\xff", b"\xfe")


def open_decodable(file: BinaryIO, header: ImageHeader) -> BinaryIO:
    """A file to decode instead of this one; files of other formats stay as they are. Raises UnreadableImage."""
    if header.format == "png":
        return _open_png(file)
    if header.format == "jpeg":
        return _open_jpeg(file)
    file.seek(0)
    return file


def _open_png(file: BinaryIO) -> BinaryIO:
    """Header, palette, transparency, colours and orientation, sound and in their order, and the data as it is.

    Raises UnreadableImage for data that ends before the picture does: Pillow may show the rest in black.
    """
    chunks = png.list_chunks(file)
    header = chunks.bodies.get(b"IHDR", b"")
    if len(header) != 13 or not chunks.data:
        file.seek(0)
        return file
    kind = header[9]
    if kind == png.PALETTE and not chunks.bodies.get(b"PLTE"):
        raise UnreadableImage("this PNG cannot be decoded: it lacks its palette")
    check_rows_are_complete(file, chunks)
    is_grey = not kind & png.RGB
    profile = png_colour.find_profile(chunks.bodies, is_grey)
    kept = (b"PLTE", b"tRNS") if kind == png.PALETTE else (b"tRNS",) if kind in (png.GREY, png.RGB) else ()
    head = (
        png.SIGNATURE,
        png.build_chunk(b"IHDR", header),
        png.build_profile_chunk(profile),
        *(png.build_chunk(name, chunks.bodies[name]) for name in kept if name in chunks.bodies),
        png.build_chunk(b"eXIf", tiff.build_orientation(chunks.orientation)),
    )
    # With the lengths and checksums between them.
    data = range(chunks.data[0].start - 8, chunks.data[-1].stop + 4)
    return _splice(file, (b"".join(head), data, png.build_chunk(b"IEND")))


def _open_jpeg(file: BinaryIO) -> BinaryIO:
    segments, is_complete = jpeg_segments.split_segments(map_file(file))
    file.seek(0)
    if not any(segment.marker == SOS for segment in segments):
        return file
    if not is_complete:
        _check_data_is_complete(file, segments)
    return _splice(file, jpeg_segments.list_pieces_for_decoding(segments))


def _check_data_is_complete(file: BinaryIO, segments: list[jpeg_segments.Segment]) -> None:
    """Whether all scans are there, and the picture is the same whatever follows. Raises UnreadableImage."""
    plain = _splice(file, jpeg_segments.list_pieces_for_decoding(segments))
    padded = _splice(file, jpeg_segments.list_pieces_for_decoding(segments, OTHER_DATA))
    if not has_all_scans(segments) or _compute_digest(plain) != _compute_digest(padded):
        raise UnreadableImage("this JPEG cannot be decoded: its data ends before the picture does")


def _compute_digest(file: BinaryIO) -> bytes:
    try:
        with Image.open(file, formats=["JPEG"]) as image:
            image.draft(None, COMPARED_SIZE)
            return sha256(image.tobytes()).digest()
    except Exception as why:  # A broken file can make a decoder raise any exception.
        raise UnreadableImage(f"this JPEG cannot be decoded: {why}") from why


def _splice(file: BinaryIO, pieces: Sequence[Piece]) -> BinaryIO:
    return cast(BinaryIO, BufferedReader(SplicedFile(file, pieces)))


class SplicedFile(RawIOBase):
    """A file made of bytes and of ranges of another file, which are not copied."""

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]) -> None:
        self._file, self._at = file, 0
        self._pieces = [piece for piece in pieces if len(piece)]
        self._starts = [0]
        for piece in self._pieces:
            self._starts.append(self._starts[-1] + len(piece))

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from anywhere: always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        self._at = offset + {SEEK_CUR: self._at, SEEK_END: self._starts[-1]}.get(whence, 0)
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read the rest of the piece at this place, or as much as fits."""
        target = memoryview(buffer).cast("B")
        number = bisect_right(self._starts, self._at) - 1
        if number >= len(self._pieces):
            return 0
        piece, begin = self._pieces[number], self._at - self._starts[number]
        end = min(len(piece), begin + len(target))
        if isinstance(piece, range):
            self._file.seek(piece.start + begin)
            found = self._file.read(end - begin)
        else:
            found = piece[begin:end]
        target[: len(found)] = found
        self._at += len(found)
        return len(found)
