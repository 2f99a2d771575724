"""What an ICC profile holds besides numbers: text, private tags, and bytes that belong to no tag (ICC.1:2022)."""

import hashlib
import struct
from collections.abc import Iterator

# Profiles of which every byte is public: those that Rekbridge writes. Those of others hold dates and text.
PUBLIC_PROFILES = {
    "326621f646011a4a315443c9f589ec2a7038f6ad0bc4c1d4986e33d6c99be8b2",  # Display P3
    "ed854ec18df7a028c6aa9a3347a5e5d3a6ac768e5009c26b8bb291fc6f8e4fc6",  # Adobe RGB (1998)
    "efeca23b8e0c6dd5e911b6236a068eaf00b1c2e8725bc8f9bb181369cbd9b78a",  # ProPhoto RGB
}
TEXT_TYPES = {b"text", b"desc", b"mluc", b"dict", b"ui08", b"data", b"ncl2", b"psd ", b"pseq", b"psid", b"sig "}
NUMBER_TYPES = {b"XYZ ", b"curv", b"para", b"sf32", b"chrm"}
HEADER_BYTES = 128


def find_private_parts(profile: bytes) -> Iterator[str]:
    """Yield `icc:text`, `icc:surplus` or `icc:unreadable`; nothing for a public profile and for one of only numbers."""
    if hashlib.sha256(profile).hexdigest() in PUBLIC_PROFILES:
        return
    try:
        tags = _list_tags(profile)
    except struct.error:
        yield "icc:unreadable"
        return
    kinds = {profile[start : start + 4] for start, _ in tags}
    if kinds & TEXT_TYPES:
        yield "icc:text"
    covered = HEADER_BYTES + 4 + 12 * len(tags) + sum(-(-size // 4) * 4 for _, size in set(tags))
    if kinds - TEXT_TYPES - NUMBER_TYPES or covered != -(-len(profile) // 4) * 4 or any(profile[84:128]):
        yield "icc:surplus"


def _list_tags(profile: bytes) -> list[tuple[int, int]]:
    """Offset and size of each tag."""
    if profile[36:40] != b"acsp":
        raise struct.error
    (count,) = struct.unpack_from(">I", profile, HEADER_BYTES)
    return [struct.unpack_from(">4xII", profile, HEADER_BYTES + 4 + 12 * number) for number in range(min(count, 200))]
