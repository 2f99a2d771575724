"""Keys of the media bucket that a caller may name (AWS: naming Amazon S3 objects)."""

import re

from rekbridge_lambda.domain.errors import InvalidParameter

MAX_KEY_BYTES = 1024
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_key(key: str) -> str:
    """The key, if no program normalises it to another key. Raises InvalidParameter."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidParameter("the key contains half a character (a lone surrogate): send it in UTF-8") from None
    if not 1 <= size <= MAX_KEY_BYTES:
        raise InvalidParameter(f"a key has 1 to {MAX_KEY_BYTES} bytes, this one has {size}")
    if CONTROL.search(key):
        raise InvalidParameter("a key has no control characters or line breaks")
    # A program that normalises paths would end at another key, or in another bucket.
    if {".", ".."} & set(key.split("/")):
        raise InvalidParameter(f"{key!r}: no part of a key may be . or ..")
    return key


def check_upload_key(key: str) -> str:
    """The key, if a file may be uploaded to it. Raises InvalidParameter."""
    check_key(key)
    if key.startswith("/") or "/" not in key or key.endswith("/"):
        raise InvalidParameter(f"{key!r} has no owner and file name: send a key like anna/cat.jpg")
    # S3 would replace it with the name of the uploader's file: a key that was never checked.
    if "${filename}" in key:
        raise InvalidParameter("a key has no ${filename}: name the file")
    return key
