"""Read one file out of a Qt resource bundle (.rcc), the format in which GCompris ships its photographs."""

import struct
import zlib
from collections.abc import Iterator

# Flags of an entry, qtbase src/corelib/io/qresource.cpp (RCCFileInfo).
_COMPRESSED, _DIRECTORY, _ZSTD = 1, 2, 4


def read_resource(bundle: bytes, path: str) -> bytes:
    """The bytes of the file at the path within the bundle; KeyError if it holds none."""
    for name, content in _walk(bundle):
        if name == path:
            return content
    raise KeyError(path)


def _walk(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """All files of a bundle with their paths."""
    if bundle[:4] != b"qres":
        raise ValueError("not a Qt resource bundle")
    version, tree, data, names = struct.unpack(">4I", bundle[4:20])
    entry_size = 14 if version < 2 else 22

    def read_name(offset: int) -> str:
        length = struct.unpack_from(">H", bundle, names + offset)[0]
        return bundle[names + offset + 6 : names + offset + 6 + 2 * length].decode("utf-16-be")

    def walk(index: int, folder: str) -> Iterator[tuple[str, bytes]]:
        name_offset, flags = struct.unpack_from(">IH", bundle, tree + index * entry_size)
        path = f"{folder}/{read_name(name_offset)}".lstrip("/") if index else ""
        if flags & _DIRECTORY:
            count, first = struct.unpack_from(">2I", bundle, tree + index * entry_size + 6)
            for child in range(first, first + count):
                yield from walk(child, path)
            return
        start = data + struct.unpack_from(">I", bundle, tree + index * entry_size + 10)[0]
        length = struct.unpack_from(">I", bundle, start)[0]
        content = bundle[start + 4 : start + 4 + length]
        if flags & _ZSTD:
            raise ValueError(f"{path} is compressed with Zstandard, which is not read here")
        # Four bytes before the compressed data say how long it will be.
        yield path, zlib.decompress(content[4:]) if flags & _COMPRESSED else content

    return walk(0, "")
