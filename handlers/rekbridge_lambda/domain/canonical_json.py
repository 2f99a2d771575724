"""JSON in the one form that a signature or a hash may cover: RFC 8785, of integers and strings only."""

import json
from collections.abc import Mapping, Sequence

# Above this, readers that use floating point see another number (RFC 8785, 3.2.2.3).
MAX_INTEGER = 2**53 - 1

# Made once: json.dumps makes one for each call, which is a fifth of its time.
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)

type Canonical = str | int | Sequence[Canonical] | Mapping[str, Canonical]


def encode_canonical(value: Canonical) -> bytes:
    """Sorted keys, no spaces, UTF-8. Raises ValueError for what has no one form: other types, keys, large numbers."""
    _check(value)
    return ENCODER.encode(value).encode()


def _check(value: Canonical) -> None:
    match value:
        case int() if not isinstance(value, bool) and abs(value) <= MAX_INTEGER:
            return
        case str():
            return
        case Mapping():
            for key, item in value.items():
                # Other keys would sort by code points here, and by UTF-16 in RFC 8785.
                if not (isinstance(key, str) and key.isascii()):
                    raise ValueError(f"canonical JSON has keys of ASCII only, not {key!r}")
                # By far most values are texts.
                if type(item) is not str:
                    _check(item)
        case list() | tuple():
            for item in value:
                _check(item)
        case _:
            raise ValueError(f"canonical JSON has strings, lists, objects and whole numbers below 2^53, not {value!r}")
