"""Writes reproducible zips: equal contents give equal bytes."""

import stat
import zipfile
from pathlib import Path

# The earliest time that a zip can store.
EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE_MODE = (stat.S_IFREG | 0o644) << 16
UNIX_SYSTEM = 3
# Level 9 takes three times as long and saves nothing: most of the bytes are compressed already.
COMPRESSION_LEVEL = 6


def write_archive(path: Path, contents: dict[str, bytes]) -> None:
    """Write a zip atomically. Entries are sorted and have the same time, mode and compression."""
    unfinished = path.with_suffix(".new")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, EARLIEST_TIME)
            entry.create_system = UNIX_SYSTEM
            entry.external_attr = REGULAR_FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents[name], compresslevel=COMPRESSION_LEVEL)
    unfinished.replace(path)
