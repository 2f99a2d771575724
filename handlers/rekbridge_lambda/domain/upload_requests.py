"""Upload forms: whoever has one may put one file to one key for a while (AWS: browser-based uploads using POST)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain import media_keys
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.imaging.dimensions import MAX_BYTES

VALID_S = 900
LARGEST_BYTES = MAX_BYTES

MEDIA_TYPE = re.compile(r"(image/[a-z0-9][a-z0-9.+-]{0,99}|application/octet-stream)")


@dataclass(frozen=True, slots=True)
class Wish:
    """A file that somebody wants to upload."""

    key: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Where to POST a file, and the fields that have to come before it."""

    url: str
    fields: Mapping[str, str]


def wish(told: Mapping[str, Any]) -> Wish:
    """The wish in a parsed body. Raises InvalidParameter."""
    if unknown := sorted(told.keys() - {"key", "content_type"}):
        raise InvalidParameter(f"an upload takes no {unknown[0]!r}, only key and content_type")
    match told.get("key"):
        case str(key):
            media_keys.to_upload(key)
        case _:
            raise InvalidParameter('an upload needs a key: {"key": "anna/cat.jpg"}')
    match told.get("content_type"):
        case None:
            return Wish(key)
        case str(content_type) if MEDIA_TYPE.fullmatch(content_type):
            return Wish(key, content_type)
    raise InvalidParameter("content_type has to be image/... in small letters, or application/octet-stream")
