"""HEIC and AVIF: which colours their numbers mean (ISO/IEC 14496-12, `colr`; ITU-T H.273)."""

from collections.abc import Iterable

from rekbridge_lambda.domain.errors import UnreadableImage

# BT.709 with sRGB's primaries, unspecified, and the two of BT.601, which hardly differ.
PLAIN_PRIMARIES = {1, 2, 5, 6, 7}
# BT.709, unspecified, gamma 2.2, BT.601, sRGB and BT.2020: close enough to sRGB that viewers treat them alike.
PLAIN_TRANSFERS = {1, 2, 4, 6, 13, 14, 15}
HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
PRIMARIES = {9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}


def check_colours(properties: Iterable[tuple[bytes, bytes]]) -> None:
    """Raises UnreadableImage for colours that the decoder would hand over as if they were sRGB.

    `properties` are the boxes of the primary picture. An ICC profile says more than numbers do, and is applied.
    """
    boxes = [body for kind, body in properties if kind == b"colr"]
    if any(body[:4] in (b"prof", b"rICC") for body in boxes):
        return
    for body in boxes:
        if body[:4] == b"nclx" and len(body) >= 8:
            _check_numbers(int.from_bytes(body[4:6]), int.from_bytes(body[6:8]))


def _check_numbers(primaries: int, transfer: int) -> None:
    if transfer in HDR_TRANSFERS:
        raise UnreadableImage(
            f"this picture is HDR ({HDR_TRANSFERS[transfer]}): how it looks depends on the display; send it as SDR"
        )
    if transfer not in PLAIN_TRANSFERS:
        raise UnreadableImage(f"this picture has brightness of kind {transfer} (ITU-T H.273); send it in sRGB")
    if primaries not in PLAIN_PRIMARIES:
        name = PRIMARIES.get(primaries, f"primaries of kind {primaries} (ITU-T H.273)")
        raise UnreadableImage(
            f"this picture has colours in {name} without a profile; send it in sRGB or with a profile"
        )
