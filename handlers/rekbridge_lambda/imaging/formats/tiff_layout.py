"""What a TIFF's tags say about its pixels, and which of these layouts are read (TIFF 6.0; TIFF/EP).

A layout is accepted only where tests/imaging show that the decoder (Pillow 13 with libtiff) gives the right picture, or
that `tiff_pixels` corrects it. Everything else is refused: another picture than the user sees is worse than none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.formats.tiff_entries import ByteOrder

BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, PLANAR = 258, 259, 262, 266, 277, 284
INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, INDEXED = 332, 338, 339, 346
LAYOUT_TAGS = {
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    FILL_ORDER,
    SAMPLES,
    PLANAR,
    INK_SET,
    EXTRA_SAMPLES,
    SAMPLE_FORMAT,
    INDEXED,
}

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, LAB = 0, 1, 2, 3, 5, 6, 8
COLOURS = {
    WHITE_IS_ZERO: "grey (WhiteIsZero)",
    BLACK_IS_ZERO: "grey",
    RGB: "RGB",
    PALETTE: "palette",
    4: "transparency mask",
    CMYK: "CMYK",
    YCBCR: "YCbCr",
    LAB: "CIELab",
    9: "ICCLab",
    10: "ITULab",
    32803: "camera raw (CFA)",
    32844: "LogL",
    32845: "LogLuv",
    34892: "camera raw (LinearRaw)",
}
COLOUR_SAMPLES = {RGB: 3, CMYK: 4, YCBCR: 3, LAB: 3, 9: 3, 10: 3, 32845: 3, 34892: 3}

UINT, INT, FLOAT = 1, 2, 3
SAMPLE_FORMATS = {UINT: "", INT: "signed ", FLOAT: "floating point "}

FAX = {2, 3, 4}
OLD_JPEG = 6
# Besides these: none, LZW, JPEG, deflate with its two numbers, PackBits, LZMA, Zstandard.
COMPRESSIONS = FAX | {1, 5, OLD_JPEG, 7, 8, 32946, 32773, 34925, 50000}

# Extra samples: unspecified, which is no alpha; alpha with premultiplied colours; alpha.
UNSPECIFIED, ASSOCIATED, UNASSOCIATED = 0, 1, 2
NO_ALPHA, ALPHA = {UNSPECIFIED}, {ASSOCIATED, UNASSOCIATED}


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How a page stores its pixels. `bits` is of each sample, `extra` the meaning of the samples after the colours."""

    order: ByteOrder
    photometric: int | None
    bits: tuple[int, ...]
    sample_formats: frozenset[int]
    extra: tuple[int, ...]
    planar: bool
    compression: int
    fill_order: int
    separated_inks: bool

    @property
    def has_unexplained_alpha(self) -> bool:
        """Whether RGB has a fourth sample that no valid ExtraSamples explains: readers guess differently."""
        return self.photometric == RGB and len(self.bits) == 4 and self.extra[:1] not in ((0,), (1,), (2,))

    def describe(self) -> str:
        """For a reason, for example: planar 16-bit grey (WhiteIsZero) with 1 extra sample."""
        bits = "/".join(map(str, self.bits if len(set(self.bits)) > 1 else self.bits[:1]))
        kind = "".join(SAMPLE_FORMATS.get(one, "unknown ") for one in sorted(self.sample_formats))
        colours = COLOURS.get(self.photometric or 0, f"colours of kind {self.photometric}")
        extra = len(self.bits) - COLOUR_SAMPLES.get(self.photometric or 0, 1)
        return (
            ("planar " if self.planar else "")
            + ("old-style JPEG " if self.compression == OLD_JPEG else "")
            + f"{bits}-bit {kind}{colours}"
            + (f" with {extra} extra sample{'s' if extra > 1 else ''}" if extra > 0 else "")
            + (" with separated inks" if self.separated_inks else "")
            + (", least significant bit first" if self.fill_order == 2 else "")
        )


def parse_layout(values: Mapping[int, tuple[int, ...]], order: ByteOrder) -> PixelLayout:
    """The layout that the values of LAYOUT_TAGS describe, with TIFF's defaults for those that are missing."""
    compression = values.get(COMPRESSION, (1,))[0]
    # Fax software often leaves PhotometricInterpretation out; for all others it is required.
    photometric = values.get(PHOTOMETRIC, (WHITE_IS_ZERO if compression in FAX else None,))[0]
    samples, bits = values.get(SAMPLES, (1,))[0], values.get(BITS, (1,))
    if len(bits) == 1:
        bits = bits * min(samples, 64)
    return PixelLayout(
        order,
        photometric,
        bits[:samples] if 1 <= samples <= len(bits) else (),
        frozenset(values.get(SAMPLE_FORMAT, (UINT,))),
        values.get(EXTRA_SAMPLES, ()),
        planar=values.get(PLANAR, (1,))[0] == 2,
        compression=compression,
        fill_order=values.get(FILL_ORDER, (1,))[0],
        separated_inks=values.get(INK_SET, (1,))[0] != 1 or values.get(INDEXED, (0,))[0] != 0,
    )


def check_layout(layout: PixelLayout) -> None:
    """Raises UnreadableImage for a layout whose right picture cannot be known, or that the decoder gets wrong."""
    if layout.photometric is None:
        raise UnreadableImage("this TIFF does not say what its numbers mean (it lacks PhotometricInterpretation)")
    if not layout.bits:
        raise UnreadableImage("this TIFF contradicts itself about its samples per pixel")
    if layout.compression not in COMPRESSIONS:
        raise UnreadableImage(f"this TIFF has compression {layout.compression}, which Rekbridge does not read")
    if not (_has_known_samples(layout) and _has_known_extra_samples(layout) and not layout.separated_inks):
        raise UnreadableImage(
            f"this TIFF's pixels are {layout.describe()}: their right picture is not known; send 8-bit grey or RGB"
        )


def _has_known_samples(layout: PixelLayout) -> bool:
    """Whether depth, kind and order of the samples are among those that are read right."""
    bits, colours = layout.bits[0], layout.photometric
    if len(set(layout.bits)) > 1:
        return False
    if layout.fill_order != 1 and (bits > 8 or layout.extra or colours not in (0, 1, 2, 3)):
        return False
    if layout.sample_formats == {FLOAT}:
        return bits == 32 and colours in (WHITE_IS_ZERO, BLACK_IS_ZERO)
    if layout.sample_formats != {UINT} or (layout.compression == OLD_JPEG and colours != YCBCR):
        return False
    match colours:
        case 0 | 1:
            return bits in (1, 2, 4, 8, 12, 16)
        case 2 | 5:
            return bits in (8, 16)
        case 3:
            return bits in (1, 2, 4, 8)
        case 6:
            return bits == 8
        case 8:
            return bits == 8 and not layout.planar
    return False


def _has_known_extra_samples(layout: PixelLayout) -> bool:
    """Whether the samples after the colours are among those that are read right."""
    bits, colours = layout.bits[0], layout.photometric
    many = len(layout.bits) - COLOUR_SAMPLES.get(colours or 0, 1)
    if layout.has_unexplained_alpha:
        return not layout.planar and (bits == 8 or not layout.extra)
    if many != len(layout.extra):
        return False
    if many == 0:
        return True
    first, *others = layout.extra
    match colours:
        case 1:
            return bits == 8 and many == 1 and not layout.planar and first in NO_ALPHA | ALPHA
        case 2:
            limit = 3 if bits == 8 and not layout.planar else 1
            return many <= limit and first in NO_ALPHA | ALPHA and set(others) <= NO_ALPHA
        case 3:
            return bits == 8 and many == 1 and not layout.planar and first in (UNSPECIFIED, UNASSOCIATED)
        case 5:
            return bits == 8 and many <= 2 and set(layout.extra) <= NO_ALPHA
    return False
