"""The parent's side of the decoder process: started when the first image must be decoded, replaced when it has died."""

import logging
import os
from dataclasses import asdict
from threading import Lock
from typing import Any, BinaryIO

from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, Rejected, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging.decoding.budget import compute_budget
from rekbridge_lambda.imaging.decoding.connection import ChildDied, DecoderConnection
from rekbridge_lambda.imaging.decoding.protocol import DecodingBudget

log = logging.getLogger(__name__)

CODES: dict[str, type[Rejected]] = {kind.code: kind for kind in (UnreadableImage, ImageTooLarge, ImageTooSmall)}
MAX_REASON = 300
# A child that has got less of its processor time when its time is over was stopped or starved.
MIN_CPU_SHARE = 0.5
JPEG_START = b"\xff\xd8\xff"


class DecoderLost(Exception):
    """The decoder process could not start, or something other than the file ended it or held it up."""


class DecoderProcess:
    """One warm child process. Nothing is shared with it but a socket pair and the file of the image."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: DecoderConnection | None = None

    @property
    def pid(self) -> int | None:
        """The id of the warm child, if there is one."""
        return self._child.process.pid if self._child else None

    def decode(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        """Decode an image in the child. Raises Rejected, or DecoderLost when two were killed or held up."""
        file.flush()
        budget = compute_budget(header, limits, os.fstat(file.fileno()).st_size)
        with self._lock:
            try:
                return self._decode_once(file, header, limits, budget)
            except DecoderLost as why:
                log.warning("%s; a new one decodes the image again", why)
                return self._decode_once(file, header, limits, budget)

    def stop(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._discard()

    def _decode_once(
        self, file: BinaryIO, header: ImageHeader, limits: ImageLimits, budget: DecodingBudget
    ) -> PreparedImage:
        try:
            outcome = self._request(file, header, limits, budget)
        except BaseException:
            # Also when this process is interrupted: a late answer must not be taken for that of the next image.
            self._discard()
            raise
        if isinstance(outcome, Rejected):
            raise outcome
        return outcome

    def _request(
        self, file: BinaryIO, header: ImageHeader, limits: ImageLimits, budget: DecodingBudget
    ) -> PreparedImage | Rejected:
        """The child's answer. Raises Rejected for what the file has done to the child, else DecoderLost."""
        kind = header.format.upper()
        if self._child is None or not self._child.is_alive():
            self._discard()
            self._child = start_child()
        cpu_before_s = self._child.read_cpu_s()
        request = {"header": asdict(header), "limits": asdict(limits), "budget": asdict(budget)}
        activity = f"{kind} of {header.width} × {header.height} px"
        try:
            self._child.send(request, file)
        except ChildDied as death:
            raise DecoderLost(f"the decoder process ended before it had a {activity}: {death}") from None
        try:
            return parse_answer(*self._child.receive(budget.wall_s, limits.bytes), limits)
        except TimeoutError:
            cpu_s = self._child.read_cpu_s() - cpu_before_s
            if cpu_s < MIN_CPU_SHARE * budget.cpu_s:
                waited = f"{budget.wall_s:.1f} s with a {activity} and had the processor for {cpu_s:.2f} s of them"
                raise DecoderLost(f"the decoder process took {waited}") from None
            raise ImageTooLarge(f"this {kind} takes longer to decode than an image of its size may") from None
        except ChildDied as death:
            if death.is_time_limit:
                raise ImageTooLarge(f"this {kind} takes more processor time than an image of its size may") from None
            if not death.is_crash:
                raise DecoderLost(f"the decoder process ended while it had a {activity}: {death}") from None
            log.warning("a %s has crashed the decoder process: %s", activity, death)
            raise UnreadableImage(f"this {kind} cannot be decoded: it crashes the decoder") from None
        except (ValueError, LookupError, TypeError):
            raise UnreadableImage(f"this {kind} cannot be decoded: the decoder gives no image") from None

    def _discard(self) -> None:
        if self._child:
            self._child.stop()
            self._child = None


def start_child() -> DecoderConnection:
    """A child that is ready. Raises DecoderLost."""
    try:
        return DecoderConnection()
    except (ChildDied, TimeoutError, ValueError, OSError) as error:
        raise DecoderLost(f"the decoder process does not start: {error}") from error


def parse_answer(answer: dict[str, Any], body: bytes, limits: ImageLimits) -> PreparedImage | Rejected:
    """What the child says of an image. Raises ValueError, LookupError or TypeError for what is no answer."""
    if "code" in answer:
        reason = answer["reason"]
        if not isinstance(reason, str) or not reason.isprintable() or not 0 < len(reason) <= MAX_REASON:
            raise ValueError("the reason is not readable")
        return CODES[answer["code"]](reason)
    prepared = PreparedImage(body, "image/jpeg", int(answer["width"]), int(answer["height"]))
    if not body.startswith(JPEG_START) or not prepared.fits(limits):
        raise ValueError("this is not the image that was requested")
    return prepared


# One for the whole worker, however many use cases prepare images.
DECODER = DecoderProcess()
