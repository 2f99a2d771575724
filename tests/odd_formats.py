"""One file of every odd format, all made from the same four quadrants, so that a test knows what must come out."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageCms
from PIL.Image import Transpose

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 144, 96
RED, GREEN, BLUE, YELLOW, WHITE = (220, 40, 40), (40, 180, 60), (40, 60, 200), (230, 210, 40), (255, 255, 255)

# Top left, top right, bottom left, bottom right.
COLOURS = (RED, GREEN, BLUE, YELLOW)
HIDDEN = (RED, GREEN, BLUE, WHITE)
BLACK_AND_WHITE = ((0, 0, 0), WHITE, WHITE, (0, 0, 0))

ODD = Path(__file__).parent / "odd"

# How upright pixels are stored so that EXIF's orientation brings them back.
STORED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def quadrants(colours: tuple[Colour, ...] = COLOURS) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for colour, (row, column) in zip(colours, product((0, 1), (0, 1)), strict=True):
        image.paste(
            colour, (column * WIDTH // 2, row * HEIGHT // 2, (column + 1) * WIDTH // 2, (row + 1) * HEIGHT // 2)
        )
    return image


def stored(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(STORED[orientation]) if orientation > 1 else image


def grey(colours: tuple[Colour, ...] = COLOURS) -> tuple[Colour, ...]:
    """What the same quadrants look like without colour."""
    return tuple((value,) * 3 for value in (round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in colours))


def transparent() -> Image.Image:
    """The last quadrant cannot be seen; what lies under it is black."""
    image = quadrants().convert("RGBA")
    image.paste((0, 0, 0, 0), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return image


def saved(image: Image.Image, form: str, **settings: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **settings)
    return file.getvalue()


def turned(form: str, orientation: int) -> bytes:
    """The quadrants as a camera held that way would store them."""
    if form == "HEIC":
        return (ODD / f"orientation-{orientation}.heic").read_bytes()
    exif = Image.Exif()
    exif[0x0112] = orientation
    settings = {} if form in ("PNG", "TIFF") else {"quality": 90}
    return saved(stored(quadrants(), orientation), form, exif=exif, **settings)


def swapped_profile() -> bytes:
    """sRGB, but for red and green, which have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[:] = profile.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")
    # Its name would be believed.
    return bytes(profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be")).replace(b"sRGB", b"swap"))


def swapped() -> Image.Image:
    red, green, blue = quadrants().split()
    return Image.merge("RGB", (green, red, blue))


def ycck() -> bytes:
    """As Photoshop writes it: inverted CMYK, its colours turned into luminance and chroma (Adobe's transform 2)."""
    luminance, b, r = ImageChops.invert(quadrants()).convert("YCbCr").split()
    planes = [ImageChops.invert(plane) for plane in (luminance, b, r)]
    image = Image.merge("CMYK", (*planes, Image.new("L", (WIDTH, HEIGHT))))
    file = saved(image, "JPEG", quality=95)
    at = file.index(b"Adobe")
    return file[: at + 11] + b"\2" + file[at + 12 :]


def sixteen_bits(image: Image.Image, order: str = ">") -> bytes:
    """Rows of 16-bit samples with a low byte that says something else than the high one."""
    return b"".join(struct.pack(f"{order}H", value << 8 | 0x40) for value in image.tobytes())


def png(depth: int, colour: int, rows: bytes, interlaced: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, body) for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def sixteen_bit_png(image: Image.Image, colour: int) -> bytes:
    samples, stride = sixteen_bits(image), 2 * WIDTH * len(image.getbands())
    return png(16, colour, b"".join(b"\0" + samples[at : at + stride] for at in range(0, len(samples), stride)))


def interlaced_png() -> bytes:
    image, rows = quadrants(), b""
    for x, y, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for row in range(y, HEIGHT, dy):
            rows += b"\0" + b"".join(image.crop((at, row, at + 1, row + 1)).tobytes() for at in range(x, WIDTH, dx))
    return png(8, 2, rows, interlaced=1)


def bmp(depth: int, compression: int, pixels: bytes, height: int = HEIGHT, masks: bytes = b"") -> bytes:
    offset = 54 + len(masks)
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(pixels), 0, 0, offset)
        + struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, depth, compression, len(pixels), 2835, 2835, 0, 0)
        + masks
        + pixels
    )


def top_down_bmp() -> bytes:
    return bmp(24, 0, quadrants().tobytes("raw", "BGR"), height=-HEIGHT)


def five_six_five_bmp() -> bytes:
    pixels = quadrants().tobytes()
    packed = [(r >> 3) << 11 | (g >> 2) << 5 | b >> 3 for r, g, b in zip(*[iter(pixels)] * 3, strict=True)]
    rows = [struct.pack(f"<{WIDTH}H", *packed[at : at + WIDTH]) for at in range(0, len(packed), WIDTH)]
    return bmp(16, 3, b"".join(reversed(rows)), masks=struct.pack("<III", 0xF800, 0x07E0, 0x001F))


def tiff(samples: bytes, bits: int, count: int, order: str = "<", sample_format: int = 1) -> bytes:
    """One strip behind eight bytes of header, the directory at the very end."""
    photometric = 2 if count == 3 else 1
    values = struct.pack(f"{order}{count}H", *[bits] * count)
    directory = 8 + len(samples) + len(values)
    inline = struct.unpack(f"{order}I", struct.pack(f"{order}HH", bits, 0))[0] if count == 1 else 8 + len(samples)
    tags = [
        (256, 4, 1, WIDTH),
        (257, 4, 1, HEIGHT),
        (258, 3, count, inline),
        (259, 4, 1, 1),
        (262, 4, 1, photometric),
        (273, 4, 1, 8),
        (277, 4, 1, count),
        (278, 4, 1, HEIGHT),
        (279, 4, 1, len(samples)),
        (339, 4, 1, sample_format),
    ]
    return (
        (b"II*\0" if order == "<" else b"MM\0*")
        + struct.pack(f"{order}I", directory)
        + samples
        + values
        + struct.pack(f"{order}H", len(tags))
        + b"".join(struct.pack(f"{order}HHII", *tag) for tag in tags)
        + bytes(4)
    )


def floats(top: float) -> bytes:
    return tiff(
        b"".join(struct.pack("<f", value * top / 255) for value in quadrants().convert("L").tobytes()), 32, 1, "<", 3
    )


def indexed() -> Image.Image:
    return quadrants().quantize(8)


def animated(form: str, **settings: Any) -> bytes:
    return saved(
        quadrants(), form, save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT), "black")], **settings
    )


def in_lab() -> Image.Image:
    lab = ImageCms.profileToProfile(
        quadrants(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    return lab


Made = tuple[Callable[[], bytes], tuple[Colour, ...]]

FORMATS: dict[str, Made] = {
    "JPEG baseline": (lambda: saved(quadrants(), "JPEG", quality=92), COLOURS),
    "JPEG progressive": (lambda: saved(quadrants(), "JPEG", quality=92, progressive=True), COLOURS),
    "JPEG RGB (Adobe 0)": (lambda: saved(quadrants(), "JPEG", quality=92, keep_rgb=True), COLOURS),
    "JPEG grey": (lambda: saved(quadrants().convert("L"), "JPEG", quality=92), grey()),
    "JPEG CMYK inverted": (lambda: saved(quadrants().convert("CMYK"), "JPEG", quality=95), COLOURS),
    "JPEG YCCK inverted": (ycck, COLOURS),
    "PNG RGB": (lambda: saved(quadrants(), "PNG"), COLOURS),
    "PNG grey": (lambda: saved(quadrants().convert("L"), "PNG"), grey()),
    "PNG 1 bit": (lambda: saved(quadrants(BLACK_AND_WHITE).convert("1"), "PNG"), BLACK_AND_WHITE),
    "PNG palette": (lambda: saved(indexed(), "PNG"), COLOURS),
    "PNG palette 2 bits": (lambda: saved(quadrants().quantize(4), "PNG", bits=2), COLOURS),
    "PNG palette, transparent": (lambda: saved(transparent().quantize(8), "PNG"), HIDDEN),
    "PNG RGB + tRNS": (lambda: saved(quadrants(), "PNG", transparency=YELLOW), HIDDEN),
    "PNG RGBA": (lambda: saved(transparent(), "PNG"), HIDDEN),
    "PNG grey + alpha": (lambda: saved(transparent().convert("LA"), "PNG"), grey(HIDDEN)),
    "PNG 16-bit grey": (lambda: sixteen_bit_png(quadrants().convert("L"), 0), grey()),
    "PNG 16-bit RGB": (lambda: sixteen_bit_png(quadrants(), 2), COLOURS),
    "PNG 16-bit RGBA": (lambda: sixteen_bit_png(transparent(), 6), HIDDEN),
    "PNG interlaced": (interlaced_png, COLOURS),
    "PNG palette + ICC": (lambda: saved(swapped().quantize(8), "PNG", icc_profile=swapped_profile()), COLOURS),
    "GIF animated": (lambda: animated("GIF"), COLOURS),
    "GIF transparent": (lambda: saved(transparent(), "GIF"), HIDDEN),
    "BMP 24 bits": (lambda: saved(quadrants(), "BMP"), COLOURS),
    "BMP 24 bits, top down": (top_down_bmp, COLOURS),
    "BMP 32 bits": (lambda: saved(quadrants().convert("RGBA"), "BMP"), COLOURS),
    "BMP 5-6-5": (five_six_five_bmp, COLOURS),
    "BMP palette": (lambda: saved(indexed(), "BMP"), COLOURS),
    "BMP 1 bit": (lambda: saved(quadrants(BLACK_AND_WHITE).convert("1"), "BMP"), BLACK_AND_WHITE),
    "TIFF raw": (lambda: saved(quadrants(), "TIFF"), COLOURS),
    "TIFF LZW": (lambda: saved(quadrants(), "TIFF", compression="tiff_lzw"), COLOURS),
    "TIFF deflate, alpha": (lambda: saved(transparent(), "TIFF", compression="tiff_adobe_deflate"), HIDDEN),
    "TIFF JPEG": (lambda: saved(quadrants(), "TIFF", compression="jpeg", quality=95), COLOURS),
    "TIFF CMYK": (lambda: saved(quadrants().convert("CMYK"), "TIFF"), COLOURS),
    "TIFF Lab": (lambda: saved(in_lab(), "TIFF"), COLOURS),
    "TIFF palette": (lambda: saved(indexed(), "TIFF"), COLOURS),
    "TIFF fax G4": (
        lambda: saved(quadrants(BLACK_AND_WHITE).convert("1"), "TIFF", compression="group4"),
        BLACK_AND_WHITE,
    ),
    "TIFF two pages": (lambda: animated("TIFF"), COLOURS),
    "TIFF 16-bit grey": (lambda: tiff(sixteen_bits(quadrants().convert("L"), "<"), 16, 1), grey()),
    "TIFF 16-bit grey, Motorola": (lambda: tiff(sixteen_bits(quadrants().convert("L")), 16, 1, ">"), grey()),
    "TIFF 16-bit RGB": (lambda: tiff(sixteen_bits(quadrants(), "<"), 16, 3), COLOURS),
    "TIFF 32-bit grey": (
        lambda: tiff(struct.pack(f"<{WIDTH * HEIGHT}I", *quadrants().convert("L").tobytes()), 32, 1),
        grey(),
    ),
    "TIFF floats to 1": (lambda: floats(1), grey()),
    "TIFF floats to 255": (lambda: floats(255), grey()),
    "WebP lossy": (lambda: saved(quadrants(), "WEBP", quality=90), COLOURS),
    "WebP lossless": (lambda: saved(quadrants(), "WEBP", lossless=True), COLOURS),
    "WebP alpha": (lambda: saved(transparent(), "WEBP", quality=90), HIDDEN),
    "WebP animated": (lambda: animated("WEBP", quality=90), COLOURS),
    "WebP + ICC": (lambda: saved(swapped(), "WEBP", quality=90, icc_profile=swapped_profile()), COLOURS),
    "HEIC": (lambda: (ODD / "orientation-1.heic").read_bytes(), COLOURS),
    "HEIC 10 bits": (lambda: (ODD / "ten-bits.heic").read_bytes(), COLOURS),
    "HEIC alpha": (lambda: (ODD / "alpha.heic").read_bytes(), HIDDEN),
    "AVIF": (lambda: saved(quadrants(), "AVIF", quality=90), COLOURS),
    "AVIF alpha": (lambda: saved(transparent(), "AVIF", quality=90), HIDDEN),
    "AVIF animated": (lambda: animated("AVIF", quality=90), COLOURS),
}
