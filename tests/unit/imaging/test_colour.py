"""Colour profiles are recognised by their numbers, and ours convert like the originals."""

from hashlib import sha256
from io import BytesIO
from itertools import product

import pytest
from PIL import Image, ImageChops, ImageCms
from rekbridge_engine.profiles import find_private_parts
from rekbridge_lambda.imaging import colour, icc
from rekbridge_lambda.imaging.colour import ADOBE_RGB, DISPLAY_P3, KNOWN_SPACES, PROPHOTO_RGB, SRGB, ColourSpace
from rekbridge_lambda.imaging.icc import ToneCurve

from tests.odd_formats import draw_quadrants, make_swapped_profile, save_image
from tests.unit.conftest import PreparationBench

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

# Bytes that never change: the local Rekognition knows them by these digests.
DIGESTS = {
    SRGB: "d52fe13e89fe8e23d8f92fa92b8074426b544ae9b53b4e3809bd6614c5b9c13f",
    DISPLAY_P3: "326621f646011a4a315443c9f589ec2a7038f6ad0bc4c1d4986e33d6c99be8b2",
    ADOBE_RGB: "ed854ec18df7a028c6aa9a3347a5e5d3a6ac768e5009c26b8bb291fc6f8e4fc6",
    PROPHOTO_RGB: "efeca23b8e0c6dd5e911b6236a068eaf00b1c2e8725bc8f9bb181369cbd9b78a",
}

# Primaries as XYZ relative to D50, and gamma, as the well-known profiles have them (Apple's Display P3, Adobe's
# AdobeRGB1998.icc, ROMM RGB); None is sRGB's curve.
ORIGINALS: dict[ColourSpace, tuple[icc.Matrix, float | None]] = {
    DISPLAY_P3: (((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)), None),
    ADOBE_RGB: (((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 2.19922),
    PROPHOTO_RGB: (((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)), 1.8),
}


def draw_every_hue() -> Image.Image:
    """A cube of 33 steps for each channel."""
    steps = [round(255 * step / 32) for step in range(33)]
    pixels = bytes(value for colours in product(steps, repeat=3) for value in colours)
    return Image.frombytes("RGB", (33 * 33, 33), pixels)


def convert(image: Image.Image, profile: bytes) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None
    return converted


def find_largest_difference(one: Image.Image, other: Image.Image) -> int:
    return max(ImageChops.difference(one, other).tobytes())


def make_original(space: ColourSpace, name: str) -> bytes:
    primaries, gamma = ORIGINALS[space]
    return icc.build_profile(name, primaries, ToneCurve(gamma) if gamma else colour.SRGB_CURVE)


def make_curve_table(points: int) -> bytes:
    """sRGB's profile as older programs write it: tables instead of parameters."""
    values = [round(65535 * colour.SRGB_CURVE.compute(step / (points - 1))) for step in range(points)]
    table = b"curv\0\0\0\0" + points.to_bytes(4) + b"".join(value.to_bytes(2) for value in values)
    # The curve is the last part of our profile, and three tags point to it.
    profile = colour.build_profile(SRGB)
    at = profile.index(b"para")
    entry = at.to_bytes(4) + (len(profile) - at).to_bytes(4)
    return profile[:at].replace(entry, at.to_bytes(4) + len(table).to_bytes(4)) + table


@pytest.mark.parametrize("space", KNOWN_SPACES, ids=lambda space: space.name)
def test_our_profiles_are_always_the_same_bytes(space: ColourSpace) -> None:
    assert sha256(colour.build_profile(space)).hexdigest() == DIGESTS[space]


@pytest.mark.parametrize("space", ORIGINALS, ids=lambda space: space.name)
def test_the_detector_knows_our_profiles(space: ColourSpace) -> None:
    assert list(find_private_parts(colour.build_profile(space))) == []


@pytest.mark.parametrize("space", ORIGINALS, ids=lambda space: space.name)
def test_our_profile_converts_like_the_original(space: ColourSpace) -> None:
    cube = draw_every_hue()
    ours, original = (convert(cube, profile) for profile in (colour.build_profile(space), make_original(space, "A")))
    assert find_largest_difference(ours, original) <= 1
    assert find_largest_difference(ours, cube) > 20


@pytest.mark.parametrize("space", ORIGINALS, ids=lambda space: space.name)
@pytest.mark.parametrize("name", ["sRGB", "Anna's monitor", ""])
def test_a_profile_is_recognised_whatever_its_name(space: ColourSpace, name: str) -> None:
    assert colour.recognize_profile(make_original(space, name)) is space


@pytest.mark.parametrize("points", [42, 256, 1024, 4096])
def test_srgb_is_recognised_by_a_table(points: int) -> None:
    assert colour.recognize_profile(make_curve_table(points)) is SRGB


def test_srgb_without_a_conversion_is_wrong_by_at_most_one_step() -> None:
    cube = draw_every_hue()
    assert find_largest_difference(convert(cube, SRGB_PROFILE), cube) <= 1


@pytest.mark.parametrize(
    ("curve", "primaries"),
    [
        (ToneCurve(2.2), SRGB.primaries),
        (ToneCurve(1.8), SRGB.primaries),
        (ToneCurve(1.0), SRGB.primaries),
        (ToneCurve(2.2), DISPLAY_P3.primaries),
        (colour.SRGB_CURVE, ADOBE_RGB.primaries),
        (colour.SRGB_CURVE, ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07))),
    ],
)
def test_other_numbers_are_not_recognised(curve: ToneCurve, primaries: tuple[colour.Chromaticity, ...]) -> None:
    matrix = colour.compute_primaries(colour.D65, primaries)
    assert colour.recognize_profile(icc.build_profile("sRGB", matrix, curve)) is None


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"no profile at all",
        make_swapped_profile(),
        colour.build_grey_profile(ToneCurve(2.2)),
        SRGB_PROFILE[:200],
        SRGB_PROFILE[:128] + b"\xff\xff\xff\xff" + SRGB_PROFILE[132:],
        SRGB_PROFILE.replace(b"rXYZ", b"A2B0"),
        colour.build_profile(SRGB).replace(b"para\0\0\0\0\0\3", b"para\0\0\0\0\0\x09"),
        colour.build_profile(SRGB) + bytes(icc.MAX_BYTES),
    ],
)
def test_another_or_a_broken_profile_is_not_recognised(profile: bytes) -> None:
    assert colour.recognize_profile(profile) is None


def test_a_profile_that_calls_itself_srgb_is_converted(bench: PreparationBench) -> None:
    red, green, blue = SRGB.primaries
    swapped = icc.build_profile("sRGB", colour.compute_primaries(colour.D65, (green, red, blue)), colour.SRGB_CURVE)
    file = save_image(draw_quadrants(), "WEBP", lossless=True, icc_profile=swapped)
    top_left = Image.open(BytesIO(bench.prepare(file).body)).getpixel((10, 10))
    assert isinstance(top_left, tuple)
    assert top_left[1] > 200 > 60 > top_left[0]


def test_primaries_on_one_line_are_no_space() -> None:
    with pytest.raises(ZeroDivisionError):
        colour.compute_primaries(colour.D65, ((0.5, 0.5), (0.5, 0.5), (0.5, 0.5)))
