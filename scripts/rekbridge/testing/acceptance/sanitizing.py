"""Removes account data from a transcript: ids, ARNs, keys, addresses, names of people and machines.

What looks like account data is removed too: a transcript is shown to strangers, and a word too few does no harm there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

KEY_ID_PREFIXES = "A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA"
HEX_GROUPS = "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*"
# The order matters: an ARN or a URL has account ids and names in it. Each replacement matches no pattern.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<arn>", re.compile(r"""arn(?::|%3a)aws[^\s"'`,;)\]}>|]*|\barn(?::|%3a)[^\s"'`,;)\]}>|]*""", re.I)),
    ("<url>", re.compile(r"""\b[a-z][a-z0-9+.-]*://[^\s"'`,;)\]}>|]+""", re.I)),
    ("<host>", re.compile(r"\b(?:[a-z0-9-]+\.)+(?:amazonaws\.com(?:\.cn)?|aws|internal)\b", re.I)),
    ("<email>", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    # Access key ids, and the unique ids of users, roles and policies.
    ("<key id>", re.compile(rf"(?:{KEY_ID_PREFIXES})[A-Z0-9]{{12,}}")),
    ("<id>", re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.I)),
    # Hashes, secret keys, session tokens, encoded messages, S3's second request id.
    ("<secret>", re.compile(r"[A-Za-z0-9/+_=-]{40,}")),
    ("<number>", re.compile(r"\d{12,}|\d{4}[- ]\d{4}[- ]\d{4}")),
    # S3's request id: 16 capitals and digits, with a digit.
    ("<id>", re.compile(r"\b(?=[A-Z0-9]*\d)[A-Z0-9]{16}\b")),
    ("<ip>", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    ("<ip>", re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])", re.I)),
    ("<ip>", re.compile(rf"(?<![\w:])(?:{HEX_GROUPS})?::(?:{HEX_GROUPS})?(?![\w:])", re.I)),
    # What names an identity outside of its ARN, as in "assumed-role/deployer/anna".
    ("<identity>", re.compile(r"""\b(?:assumed-role|federated-user|user|role)/[^\s"'`,;)\]}>|]+""")),
    ("<path>", re.compile(r"""(?:/home|/Users|/root|/tmp|/var/folders)/[^\s"'`,;)\]}>|]*""")),
)  # fmt: skip
# Shorter names are words, and would be removed from words.
MIN_NAME_LENGTH = 3


def sanitize(value: Any, names: Iterable[str] = ()) -> Any:
    """Return JSON without account data. `names` are texts that are known to be account data, such as a user's name.

    Keys of objects are sanitized, too.
    """
    known = sorted({name for name in names if len(name) >= MIN_NAME_LENGTH}, key=len, reverse=True)
    return _sanitize(value, known)


def _sanitize(value: Any, names: Sequence[str]) -> Any:
    match value:
        case str():
            return _sanitize_text(value, names)
        case int() if abs(value) >= 10**11:
            return "<number>"
        case Mapping():
            return {_sanitize_text(str(key), names): _sanitize(item, names) for key, item in value.items()}
        case list() | tuple():
            return [_sanitize(item, names) for item in value]
    return value


def _sanitize_text(text: str, names: Sequence[str]) -> str:
    for replacement, pattern in PATTERNS:
        text = pattern.sub(replacement, text)
    # Last: a replaced name would end an ARN early.
    for name in names:
        text = re.sub(rf"(?<![a-z]){re.escape(name)}(?![a-z])", "<name>", text, flags=re.I)
    return text
