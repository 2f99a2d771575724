"""ICC profiles made of three primaries and a tone curve: reads their numbers, and writes minimal ones (ICC.1:2022)."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

type Xyz = tuple[float, float, float]
type Matrix = tuple[Xyz, Xyz, Xyz]

HEADER_BYTES = 128
# Profiles with three curves of 4,096 points have 25 KB; larger ones have tables, which say more than primaries do.
MAX_BYTES = 64 * 1024
MAX_TAGS = 100

# What these tags hold takes precedence over primaries and tone curves.
OVERRIDING_TAGS = {b"A2B0", b"A2B1", b"A2B2", b"D2B0", b"D2B1", b"D2B2", b"cicp"}

# Numbers of parameters by type of a parametric curve (10.18).
PARAMETER_COUNTS = 1, 3, 4, 5, 7

# Input values at which curves are sampled and compared.
SAMPLE_COUNT = 65


@dataclass(frozen=True, slots=True)
class ToneCurve:
    """(a x + b) ** gamma from d on, c x below it: the linear light of an encoded value, both 0 to 1."""

    gamma: float
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0

    def compute(self, value: float) -> float:
        """The linear light of an encoded value."""
        return (self.a * value + self.b) ** self.gamma if value >= self.d else self.c * value


@dataclass(frozen=True, slots=True)
class ProfileNumbers:
    """Primaries as XYZ relative to D50, and the sampled tone curve of each channel."""

    primaries: Matrix
    curves: tuple[tuple[float, ...], ...]


def parse_profile(data: bytes) -> ProfileNumbers | None:
    """The numbers of an RGB profile; None for every other kind, and for one that cannot be read."""
    if data[16:24] != b"RGB XYZ " or data[36:40] != b"acsp":
        return None
    try:
        tags = _read_tags(data)
        if tags.keys() & OVERRIDING_TAGS:
            return None
        red, green, blue = (_parse_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ"))
        curves = tuple(_sample(_parse_curve(tags[name])) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (KeyError, IndexError, ValueError, ArithmeticError, TypeError, struct.error):
        return None
    return ProfileNumbers((red, green, blue), curves)


def _read_tags(data: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", data, HEADER_BYTES)
    if count > MAX_TAGS:
        raise ValueError
    entries = (struct.unpack_from(">4sII", data, HEADER_BYTES + 4 + 12 * number) for number in range(count))
    return {name: data[offset : offset + size] for name, offset, size in entries}


def _parse_xyz(tag: bytes) -> Xyz:
    kind, x, y, z = struct.unpack_from(">4s4x3i", tag)
    if kind != b"XYZ ":
        raise ValueError
    return x / 65536, y / 65536, z / 65536


def _parse_curve(tag: bytes) -> Callable[[float], float]:
    kind, count = struct.unpack_from(">4s4xI", tag)
    if kind == b"curv":
        points = struct.unpack_from(f">{min(count, MAX_BYTES)}H", tag, 12)
        return _interpolate(points) if count > 1 else ToneCurve(points[0] / 256 if points else 1).compute
    if kind != b"para":
        raise ValueError
    number = count >> 16
    gamma, *rest = (value / 65536 for value in struct.unpack_from(f">{PARAMETER_COUNTS[number]}i", tag, 12))
    if number == 0:
        return ToneCurve(gamma).compute
    if number == 3:
        return ToneCurve(gamma, *rest).compute
    # The other types add offsets, which no well-known space has.
    raise ValueError


def _interpolate(points: tuple[int, ...]) -> Callable[[float], float]:
    last = len(points) - 1

    def compute(value: float) -> float:
        low = min(int(value * last), last - 1)
        share = value * last - low
        return (points[low] * (1 - share) + points[low + 1] * share) / 65535

    return compute


def _sample(curve: Callable[[float], float]) -> tuple[float, ...]:
    return tuple(float(curve(step / (SAMPLE_COUNT - 1))) for step in range(SAMPLE_COUNT))


def sample_curve(curve: ToneCurve) -> tuple[float, ...]:
    """The linear light at the values at which profiles are compared."""
    return _sample(curve.compute)


def build_profile(name: str, primaries: Matrix | None, curve: ToneCurve) -> bytes:
    """A display profile that holds these numbers and its name, nothing else; for grey without primaries.

    Equal numbers give equal bytes.
    """
    text = name.encode("utf-16-be")
    description = struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(text), 28) + text
    bodies: dict[tuple[bytes, ...], bytes] = {
        # The standard demands a copyright: the name stands for both.
        (b"desc", b"cprt"): description,
        (b"wtpt",): _encode_xyz(D50),
        **{(tag,): _encode_xyz(xyz) for tag, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries or (), strict=False)},
        (b"rTRC", b"gTRC", b"bTRC") if primaries else (b"kTRC",): _encode_curve(curve),
    }
    padded = [body.ljust(-(-len(body) // 4) * 4, b"\0") for body in bodies.values()]
    start = HEADER_BYTES + 4 + 12 * sum(map(len, bodies))
    offsets = accumulate(map(len, padded), initial=start)
    tags = [
        struct.pack(">4sII", tag, offset, len(body))
        for (names, body), offset in zip(bodies.items(), offsets, strict=False)
        for tag in names
    ]
    size = start + sum(map(len, padded))
    # Version 4.3, a display, intent perceptual; no date, no device, no creator.
    kind = b"RGB " if primaries else b"GRAY"
    header = struct.pack(">I4xI4s4s4s12x4s28x3i", size, 0x04300000, b"mntr", kind, b"XYZ ", b"acsp", *_fix(D50))
    return header.ljust(HEADER_BYTES, b"\0") + len(tags).to_bytes(4) + b"".join((*tags, *padded))


# The white of the profile connection space (7.2.16).
D50: Xyz = (0.9642, 1.0, 0.8249)


def _encode_xyz(xyz: Xyz) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *_fix(xyz))


def _encode_curve(curve: ToneCurve) -> bytes:
    numbers = (curve.gamma, curve.a, curve.b, curve.c, curve.d) if curve.d else (curve.gamma,)
    return struct.pack(f">4s4xH2x{len(numbers)}i", b"para", 3 if curve.d else 0, *_fix(numbers))


def _fix(numbers: tuple[float, ...]) -> list[int]:
    return [round(number * 65536) for number in numbers]
