"""The log: JSON lines by Lambda's runtime, which adds the request id to each."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

log = logging.getLogger(__name__)

# The innermost calls of an error: enough to find the line, and one screen with its causes.
MAX_FRAMES = 8


def set_log_level(level: str) -> None:
    """Log our own lines from this level on (DEBUG, INFO, WARNING or ERROR); libraries keep theirs."""
    # Lambda's runtime has a handler at the root. An emulator without one would print nothing below WARNING.
    logging.basicConfig()
    logging.getLogger("rekbridge_lambda").setLevel(level)


def describe_bug(bug: BaseException) -> str:
    """The types and lines of an unexpected error and of its causes, the latest first.

    Not their messages, which may quote anything: S3's refusals, for one, contain the key of the object.
    """
    return "; caused by ".join(map(describe_exception, iterate_causes(bug)))


@contextmanager
def log_grouped_errors(what: str) -> Iterator[None]:
    """Log each error of an ExceptionGroup, which Lambda logs only as a whole: its sentence says nothing of them."""
    try:
        yield
    except ExceptionGroup as group:
        for error in group.exceptions:
            log.error("%s: %s", what, describe_bug(error))
        raise


def iterate_causes(error: BaseException) -> Iterator[BaseException]:
    """The error, its cause, the cause of that."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def describe_exception(error: BaseException) -> str:
    """The type, with AWS's code if it is an error of AWS, and the lines that it passed, the innermost first."""
    code = ""
    if isinstance(error, ClientError):
        code = f" ({error.operation_name}: {error.response.get('Error', {}).get('Code')})"
    frames = reversed(traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:])
    lines = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__}{code} at {lines or 'an unknown line'}"
