"""Colour spaces: recognises a profile by its numbers, and has profiles of our own for those that Rekognition may get.

What a file's profile says in words, and every byte of it, stays at home.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from rekbridge_lambda.imaging import icc
from rekbridge_lambda.imaging.icc import Matrix, ToneCurve, Xyz

type Chromaticity = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """White and primaries as CIE x and y, and the tone curve of all channels."""

    name: str
    white: Chromaticity
    primaries: tuple[Chromaticity, Chromaticity, Chromaticity]
    curve: ToneCurve


D65: Final = (0.3127, 0.3290)
SRGB_CURVE: Final = ToneCurve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

# IEC 61966-2-1; SMPTE EG 432-1 with sRGB's curve, as Apple has it; Adobe RGB (1998); ROMM (ISO 22028-2), whose linear
# part no file has.
SRGB: Final = ColourSpace("sRGB", D65, ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), SRGB_CURVE)
DISPLAY_P3: Final = ColourSpace("Display P3", D65, ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)), SRGB_CURVE)
ADOBE_RGB: Final = ColourSpace(
    "Adobe RGB (1998)", D65, ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), ToneCurve(563 / 256)
)
PROPHOTO_RGB: Final = ColourSpace(
    "ProPhoto RGB", (0.3457, 0.3585), ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), ToneCurve(1.8)
)
KNOWN_SPACES: Final = SRGB, DISPLAY_P3, ADOBE_RGB, PROPHOTO_RGB

# Of XYZ, and of a value from 0 to 1 as sRGB encodes it: one of 255 steps.
PRIMARY_TOLERANCE = 0.002
CURVE_TOLERANCE = 1 / 255

BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def recognize_profile(profile: bytes) -> ColourSpace | None:
    """The known space whose primaries and tone curves a profile has, whatever it calls itself."""
    # Large ones are not remembered, because a warm Lambda would keep them.
    return _recognize(profile) if len(profile) <= icc.MAX_BYTES else None


@lru_cache(maxsize=64)
def _recognize(profile: bytes) -> ColourSpace | None:
    numbers = icc.parse_profile(profile)
    if numbers is None:
        return None
    return next((space for space in KNOWN_SPACES if _is_close(numbers, space)), None)


def _is_close(numbers: icc.ProfileNumbers, space: ColourSpace) -> bool:
    primaries, encoded = _compute_numbers(space)
    return all(
        abs(value - wanted) <= PRIMARY_TOLERANCE
        for xyz, wanted_xyz in zip(numbers.primaries, primaries, strict=True)
        for value, wanted in zip(xyz, wanted_xyz, strict=True)
    ) and all(
        abs(_encode(light) - wanted) <= CURVE_TOLERANCE
        for curve in numbers.curves
        for light, wanted in zip(curve, encoded, strict=True)
    )


@cache
def _compute_numbers(space: ColourSpace) -> tuple[Matrix, tuple[float, ...]]:
    lights = icc.sample_curve(space.curve)
    return compute_primaries(space.white, space.primaries), tuple(map(_encode, lights))


def _encode(light: float) -> float:
    """The value that sRGB gives to a light: equal differences of it look about equally large."""
    return 1.055 * light ** (1 / 2.4) - 0.055 if light > 0.0031308 else 12.92 * light


@lru_cache(maxsize=64)
def build_profile(space: ColourSpace) -> bytes:
    """Our own profile of a space."""
    return icc.build_profile(space.name, compute_primaries(space.white, space.primaries), space.curve)


@lru_cache(maxsize=64)
def build_grey_profile(curve: ToneCurve) -> bytes:
    """Our own profile of grey with a tone curve."""
    return icc.build_profile("Grey", None, curve)


def choose_profile(profile: bytes, is_grey: bool = False) -> bytes | None:
    """The profile to send instead of this one: empty for sRGB, else ours; None where colours must be converted."""
    if not profile:
        return b""
    space = recognize_profile(profile)
    if space is None or (is_grey and space is not SRGB):
        return None
    return b"" if space is SRGB else build_profile(space)


def compute_primaries(white: Chromaticity, primaries: Sequence[Chromaticity]) -> Matrix:
    """XYZ of the primaries relative to D50. Raises ZeroDivisionError for primaries on one line."""
    white_xyz = _to_xyz(white)
    columns = [_to_xyz(primary) for primary in primaries]
    scales = _multiply(_invert(_transpose(columns)), white_xyz)
    cone_white, cone_d50 = _multiply(BRADFORD, white_xyz), _multiply(BRADFORD, icc.D50)
    back = _invert(BRADFORD)

    def adapt(xyz: Xyz) -> Xyz:
        cones = _multiply(BRADFORD, xyz)
        x, y, z = (cone * to / was for cone, to, was in zip(cones, cone_d50, cone_white, strict=True))
        return _multiply(back, (x, y, z))

    red, green, blue = (
        adapt((x * scale, y * scale, z * scale)) for (x, y, z), scale in zip(columns, scales, strict=True)
    )
    return red, green, blue


def _to_xyz(point: Chromaticity) -> Xyz:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _transpose(rows: Sequence[Xyz]) -> Matrix:
    a, b, c = zip(*rows, strict=True)
    return a, b, c


def _multiply(matrix: Matrix, vector: Xyz) -> Xyz:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _invert(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant),
        ((f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant),
        ((d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant),
    )
