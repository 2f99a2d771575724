"""Says what pip's refusal of a pinned file means, and what to do about it."""

import re

from rekbridge.support.errors import OperatorError

# pip's words (pip/_internal/exceptions.py: HashMismatch, HashMissing, HashUnpinned).
MISMATCH = re.compile(
    r"^ +(?P<file>\S.*?)(?: \(from .*)?:\n(?: +Expected (?:sha256|    or) \w+\n)+ +Got +(?P<got>\w+)", re.MULTILINE
)
UNPINNED = ("Hashes are required in --require-hashes mode", "must have their versions pinned")


def to_operator_error(what: str, stderr: str) -> OperatorError:
    """Return the error for a failed installation of `what`, from pip's messages."""
    if mismatches := list(MISMATCH.finditer(stderr)):
        listed = "\n".join(f"{one['file']}\n  has the SHA-256 {one['got']}, which is not pinned." for one in mismatches)
        return OperatorError(
            f"{what} could not be installed: a file is not the one on PyPI that is pinned.\n{listed}",
            "Do not use it. Find out where pip takes it from: `pip config list`, PIP_FIND_LINKS, a proxy or mirror. "
            "If you have changed the pin, write its hashes: rekbridge pins",
        )
    if any(words in stderr for words in UNPINNED):
        return OperatorError(
            f"{what} could not be installed: a pin has no hash.\n{stderr.strip()}", "Write the hashes: rekbridge pins"
        )
    return OperatorError(
        f"{what} could not be installed:\n{stderr.strip()}",
        "Check the network and the index that pip is set to (`pip config list`), then run the command again. "
        "If a pin has no file for this machine, pin another version.",
    )
