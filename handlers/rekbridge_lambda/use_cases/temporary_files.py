"""Temporary files for originals, which nobody can find and which end with the process that opened them."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from tempfile import TemporaryFile
from typing import BinaryIO

from rekbridge_lambda.domain.errors import Unavailable

NO_SPACE = "there is no disk space left for the original file in the temporary folder"


@contextmanager
def open_temporary_file() -> Iterator[BinaryIO]:
    """A file without a name: even after kill -9 nothing of it is left. Raises Unavailable when the disk is full."""
    try:
        with TemporaryFile() as file:
            yield file
    except OSError as error:
        # tempfile tries its folders once, by writing to them, and calls a full disk a missing folder.
        if error.errno in {ENOSPC, EDQUOT} or "No usable temporary directory" in str(error):
            raise Unavailable(NO_SPACE) from error
        raise
