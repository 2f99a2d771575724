"""The log: JSON lines by Lambda's runtime, which adds the request id to each."""

import logging


def set_log_level(level: str) -> None:
    """Log our own lines from this level on (DEBUG, INFO, WARNING or ERROR); libraries keep theirs."""
    # Lambda's runtime has a handler at the root. An emulator without one would print nothing below WARNING.
    logging.basicConfig()
    logging.getLogger("rekbridge_lambda").setLevel(level)
