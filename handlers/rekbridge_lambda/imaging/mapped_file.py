"""The bytes of a file without a copy of them in memory."""

from mmap import ACCESS_READ, mmap
from typing import BinaryIO

type FileBytes = bytes | mmap


def map_file(file: BinaryIO) -> FileBytes:
    """The whole file, mapped; read where it is no file of the operating system, or empty."""
    # What was just written may still be in Python's own buffer.
    file.flush()
    try:
        return mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError):
        file.seek(0)
        return file.read()
