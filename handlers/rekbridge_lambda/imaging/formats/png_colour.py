"""PNG: what its chunks say about colours, in the order in which they count (W3C PNG, third edition, 13.13)."""

import struct
import zlib
from dataclasses import replace

from rekbridge_lambda.imaging import colour
from rekbridge_lambda.imaging.colour import ADOBE_RGB, DISPLAY_P3, SRGB, SRGB_CURVE, ColourSpace
from rekbridge_lambda.imaging.icc import ToneCurve

MAX_PROFILE_BYTES = 8 * 1024 * 1024

# Of ITU-T H.273, those that photographs have: primaries, and transfer functions. PQ and HLG have no tone curve.
BT_2020 = replace(ADOBE_RGB, name="BT.2020", primaries=((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)))
PRIMARIES = {1: SRGB, 9: BT_2020, 12: DISPLAY_P3}
BT_709_CURVE = ToneCurve(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
CURVES = {13: SRGB_CURVE, 4: ToneCurve(2.2), 8: ToneCurve(1.0), **dict.fromkeys((1, 6, 14, 15), BT_709_CURVE)}

# In 1/100,000: sRGB's gamma as encoders write it, white and primaries, and how much other roundings may differ.
SRGB_GAMMA, SRGB_CHROMATICITIES, TOLERANCE = 45455, (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000), 500


def find_profile(bodies: dict[bytes, bytes], is_grey: bool) -> bytes:
    """The ICC profile that applies, from the file or made of its numbers; empty for sRGB, and where nothing is said.

    A chunk of the wrong length is ignored, as in every viewer.
    """
    if (profile := _parse_cicp(bodies.get(b"cICP", b""), is_grey)) is not None:
        return profile
    if profile := _inflate_profile(bodies.get(b"iCCP", b"")):
        return profile
    if len(bodies.get(b"sRGB", b"")) == 1:
        return b""
    return _parse_gamma(bodies.get(b"gAMA", b""), bodies.get(b"cHRM", b""), is_grey)


def _parse_cicp(body: bytes, is_grey: bool) -> bytes | None:
    # RGB as it is, in the full range.
    if len(body) != 4 or body[2:] != b"\0\1" or body[0] not in PRIMARIES or body[1] not in CURVES:
        return None
    return _build_profile(replace(PRIMARIES[body[0]], curve=CURVES[body[1]]), is_grey)


def _build_profile(space: ColourSpace, is_grey: bool) -> bytes:
    if space == SRGB or (is_grey and space.curve == SRGB_CURVE):
        return b""
    return colour.build_grey_profile(space.curve) if is_grey else colour.build_profile(space)


def _inflate_profile(body: bytes) -> bytes:
    """The profile in an iCCP chunk, behind its name and the compression method; empty where it cannot be read."""
    name, _, compressed = body.partition(b"\0")
    if not 1 <= len(name) <= 79 or compressed[:1] != b"\0":
        return b""
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(compressed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return b""
    return profile if inflater.eof else b""


def _parse_gamma(gamma: bytes, chromaticities: bytes, is_grey: bool) -> bytes:
    exponent = int.from_bytes(gamma) if len(gamma) == 4 else 0
    # Without gamma, primaries say nothing; a gamma that no encoder means is ignored.
    if not 10_000 <= exponent <= 1_000_000:
        return b""
    points = struct.unpack(">8I", chromaticities) if len(chromaticities) == 32 else SRGB_CHROMATICITIES
    is_srgb = all(abs(point - wanted) <= TOLERANCE for point, wanted in zip(points, SRGB_CHROMATICITIES, strict=True))
    if abs(exponent - SRGB_GAMMA) <= TOLERANCE and (is_srgb or is_grey):
        return b""
    x = [point / 100_000 for point in (points if not is_srgb else SRGB_CHROMATICITIES)]
    space = ColourSpace("gAMA", (x[0], x[1]), ((x[2], x[3]), (x[4], x[5]), (x[6], x[7])), ToneCurve(100_000 / exponent))
    try:
        return _build_profile(space, is_grey)
    except (ArithmeticError, struct.error):
        return b""
