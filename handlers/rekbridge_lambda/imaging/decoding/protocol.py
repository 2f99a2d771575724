"""Messages between a worker and its decoder process: the lengths of both parts, a JSON object, bytes."""

import json
import struct
from dataclasses import dataclass
from typing import Any

# The child gets its end of the socket pair as its standard input.
CHILD_SOCKET = 0
READY = {"ready": True}
LENGTHS = struct.Struct(">II")
MAX_TEXT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class DecodingBudget:
    """What one image may use: bytes of memory above the idle process, seconds of the processor, seconds in all."""

    memory_bytes: int
    cpu_s: float
    wall_s: float


def encode_message(message: dict[str, Any], body: bytes = b"") -> bytes:
    """A message as it goes over the socket."""
    text = json.dumps(message).encode()
    return b"".join((LENGTHS.pack(len(text), len(body)), text, body))


def parse_lengths(start: bytes | bytearray, max_body_bytes: int) -> tuple[int, int]:
    """The lengths of text and bytes. Raises ValueError for more than the receiver expects."""
    text_bytes, body_bytes = LENGTHS.unpack_from(start)
    if text_bytes > MAX_TEXT_BYTES or body_bytes > max_body_bytes:
        raise ValueError("the message is too long")
    return text_bytes, body_bytes


def parse_text(text: bytes | bytearray) -> dict[str, Any]:
    """The JSON object of a message. Raises ValueError."""
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError("a message has to be an object")
    return message
