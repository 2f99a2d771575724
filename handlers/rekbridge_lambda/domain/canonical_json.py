"""JSON in the one form that a signature or a hash may cover: RFC 8785, of integers and strings only."""

import json
from collections.abc import Mapping, Sequence

# Above this, readers that use floating point see another number (RFC 8785, 3.2.2.3).
MAX_INTEGER = 2**53 - 1

type Canonical = str | int | Sequence[Canonical] | Mapping[str, Canonical]


def encode_canonical(value: Canonical) -> bytes:
    """Sorted keys, no spaces, UTF-8. Raises ValueError for what has no one form: other types, keys, large numbers."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _check(value: Canonical) -> None:
    match value:
        case str():
            return
        case int() if not isinstance(value, bool) and abs(value) <= MAX_INTEGER:
            return
        case list() | tuple():
            for item in value:
                _check(item)
        case Mapping():
            # Other keys would sort by code points here, and by UTF-16 in RFC 8785.
            if wrong := [key for key in value if not (isinstance(key, str) and key.isascii())]:
                raise ValueError(f"canonical JSON has keys of ASCII only, not {wrong[0]!r}")
            for item in value.values():
                _check(item)
        case _:
            raise ValueError(f"canonical JSON has strings, lists, objects and whole numbers below 2^53, not {value!r}")
