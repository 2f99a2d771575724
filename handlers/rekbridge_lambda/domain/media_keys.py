"""Keys of the media bucket, as a caller may name them (AWS: naming Amazon S3 objects)."""

import re

from rekbridge_lambda.domain.errors import InvalidParameter

LONGEST_BYTES = 1024
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def checked(key: str) -> str:
    """The key, if it is one that means the same to everybody on its way. Raises InvalidParameter."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidParameter("the key has half a character in it: send it in UTF-8") from None
    if not 1 <= size <= LONGEST_BYTES:
        raise InvalidParameter(f"a key has 1 to {LONGEST_BYTES} bytes, this one has {size}")
    if CONTROL.search(key):
        raise InvalidParameter("a key has no control characters or line breaks")
    # Whoever tidies up a path on the way would end at another key, or in another bucket.
    if {".", ".."} & set(key.split("/")):
        raise InvalidParameter(f"{key!r}: no part of a key may be . or ..")
    return key


def to_upload(key: str) -> str:
    """The key, if an upload may go there. Raises InvalidParameter."""
    checked(key)
    if key.startswith("/") or "/" not in key or key.endswith("/"):
        raise InvalidParameter(f"{key!r} has no owner and file name: send a key like anna/cat.jpg")
    # S3 would put the name of the uploader's file there: a key that nobody was asked for.
    if "${filename}" in key:
        raise InvalidParameter("a key has no ${filename}: name the file")
    return key
