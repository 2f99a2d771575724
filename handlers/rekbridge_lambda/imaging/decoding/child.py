"""The decoder process: decodes and encodes one image after the other, each within its limits.

Only this process imports Pillow. It has no AWS client, no credentials and no writable file; it ends with its parent.
"""

import os
import resource
import signal
import socket
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import AvifImagePlugin

from rekbridge_lambda.domain.errors import ImageTooLarge, Rejected, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging import bmp_to_jpeg, reencode
from rekbridge_lambda.imaging.decoding.protocol import (
    CHILD_SOCKET,
    LENGTHS,
    MAX_TEXT_BYTES,
    READY,
    DecodingBudget,
    encode_message,
    parse_lengths,
    parse_text,
)

# The parent kills at the limit; this is for a decoder that hangs when its parent has died.
WALL_MARGIN_S = 2
# The limits that this process was started with.
DATA_LIMIT = resource.getrlimit(resource.RLIMIT_DATA)


@dataclass(frozen=True, slots=True)
class DecodingRequest:
    """One image: its open file, what its header says, what is needed, what it may use."""

    file_descriptor: int
    header: ImageHeader
    limits: ImageLimits
    budget: DecodingBudget


def main() -> None:
    """Serve the parent until it closes its end of the socket pair."""
    # A file of any name that a decoder writes would stay when the process is killed; and no core files.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for limit in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(limit, signal.SIG_DFL)
    # One vCPU decodes one image: threads would only take memory.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    with socket.socket(fileno=CHILD_SOCKET) as parent:
        parent.sendall(encode_message(READY))
        while request := receive_request(parent):
            outcome = run_within_limits(request)
            try:
                parent.sendall(encode_outcome(outcome))
            except OSError:
                return


def receive_request(parent: socket.socket) -> DecodingRequest | None:
    """The next image; None when the parent has closed the connection."""
    # The parent sends less than a socket's buffer holds, in one piece.
    data, descriptors, _, _ = socket.recv_fds(parent, LENGTHS.size + MAX_TEXT_BYTES, 1)
    if not descriptors:
        return None
    text_bytes, _ = parse_lengths(data, 0)
    while len(data) < LENGTHS.size + text_bytes:
        data += parent.recv(MAX_TEXT_BYTES) or sys.exit("the parent has ended within a request")
    message = parse_text(data[LENGTHS.size :])
    return DecodingRequest(
        descriptors[0],
        ImageHeader(**message["header"]),
        ImageLimits(**message["limits"]),
        DecodingBudget(**message["budget"]),
    )


def run_within_limits(request: DecodingRequest) -> PreparedImage | Rejected:
    """The prepared image or why there is none. The kernel ends this process when a limit of time is reached."""
    with os.fdopen(request.file_descriptor, "rb") as file:
        set_limits(request.budget)
        try:
            return decode(file, request.header, request.limits)
        except Exception as error:  # A broken file can make a decoder raise any exception.
            # Before anything else: there may be no memory left even for a sentence.
            lift_limits()
            return explain(error, request.header)
        finally:
            lift_limits()


def set_limits(budget: DecodingBudget) -> None:
    """Limit memory and both times from now on."""
    # Not RLIMIT_AS: it counts what an allocator reserves and never uses. Not RLIMIT_CPU: it counts whole seconds.
    memory_bytes, most = read_data_bytes() + budget.memory_bytes, DATA_LIMIT[1]
    memory_bytes = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, most))
    signal.setitimer(signal.ITIMER_PROF, budget.cpu_s)
    signal.setitimer(signal.ITIMER_REAL, budget.wall_s + WALL_MARGIN_S)


def lift_limits() -> None:
    """End what `set_limits` has begun."""
    resource.setrlimit(resource.RLIMIT_DATA, DATA_LIMIT)
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def decode(file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
    """Decode and encode anew. Raises Rejected, or whatever a library raises."""
    if header.format == "heic":
        # Imported here: only one format in eight needs it.
        import pi_heif  # type: ignore[import-untyped]

        pi_heif.options.DECODE_THREADS = 1
    return bmp_to_jpeg.convert_bmp(file, header, limits) or reencode.reencode(file, header, limits)


def explain(error: BaseException, header: ImageHeader) -> Rejected:
    """A reason in our own words: a library's message may contain paths, addresses or parts of the file."""
    if isinstance(error, Rejected):
        if error.__cause__ is None:
            return error
        error = error.__cause__
    kind, text = header.format.upper(), str(error).lower()
    if isinstance(error, MemoryError) or "memory" in text:
        return ImageTooLarge(
            f"this {kind} of {header.width} × {header.height} px needs more memory than an image of its size may use"
        )
    if isinstance(error, EOFError) or "truncated" in text:
        return UnreadableImage(f"this {kind} cannot be decoded: the file ends too early")
    return UnreadableImage(f"this {kind} cannot be decoded: its data is damaged or of a kind that is not supported")


def encode_outcome(outcome: PreparedImage | Rejected) -> bytes:
    """The answer to the parent."""
    if isinstance(outcome, Rejected):
        return encode_message({"code": outcome.code, "reason": str(outcome)})
    return encode_message({"width": outcome.width, "height": outcome.height}, outcome.body)


def read_data_bytes() -> int:
    """What RLIMIT_DATA counts at this moment (proc(5): the sixth number of statm is data and stack, in pages)."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
