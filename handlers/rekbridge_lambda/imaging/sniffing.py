"""Recognise an image by its content, before anything is decoded."""

from rekbridge_lambda.domain.errors import ImageTooLarge, Rejected, UnreadableImage
from rekbridge_lambda.domain.images import MAX_FILE_BYTES, ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader, ReadRange
from rekbridge_lambda.imaging.dimensions import check_pixel_count
from rekbridge_lambda.imaging.formats import HEADER_READERS, describe_unsupported


def check_size(size: int) -> None:
    """Refuse a file by its size in bytes. Raises UnreadableImage or ImageTooLarge."""
    if size == 0:
        raise UnreadableImage("the file is empty")
    if size > MAX_FILE_BYTES:
        raise ImageTooLarge(f"the file has {size / 2**20:,.1f} MiB; Rekbridge accepts up to {MAX_FILE_BYTES >> 20}")


def sniff_image(read: ReadRange, size: int) -> ImageHeader:
    """Read an image's header from at most 64 KB of the file. Raises Rejected with the reason."""
    check_size(size)
    reader = BoundedReader(read, size)
    try:
        return read_header(reader, size)
    except Exception as error:
        if isinstance(error, Rejected) or error is reader.storage_error:
            raise
        # A reader trusts the numbers in a file to some degree; any other exception means that they make no sense.
        raise UnreadableImage("the header of this file is damaged: its numbers contradict each other") from error


def read_header(reader: BoundedReader, size: int) -> ImageHeader:
    """Find the format and read its header. Raises Rejected, or anything else for a file that makes no sense."""
    head = reader.read_at(0, min(size, 64))
    for matches, read_format in HEADER_READERS:
        if matches(head):
            header = read_format(reader)
            check_pixel_count(header.width, header.height)
            return header
    raise UnreadableImage(
        f"this is {describe_unsupported(head)}, not an image that Rekbridge can read; "
        "send JPEG, PNG, GIF, BMP, TIFF, WebP, HEIC or AVIF"
    )
