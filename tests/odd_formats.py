"""One file of every odd format, all drawn from the same four quadrants, so that a test knows the expected pixels."""

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

# How upright pixels have to be stored for an EXIF orientation that turns them upright again.
INVERSE_TRANSPOSE = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def draw_quadrants(colours: tuple[Colour, ...] = COLOURS) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for colour, (row, column) in zip(colours, product((0, 1), (0, 1)), strict=True):
        image.paste(
            colour, (column * WIDTH // 2, row * HEIGHT // 2, (column + 1) * WIDTH // 2, (row + 1) * HEIGHT // 2)
        )
    return image


def rotate_for_orientation(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(INVERSE_TRANSPOSE[orientation]) if orientation > 1 else image


def to_grey(colours: tuple[Colour, ...] = COLOURS) -> tuple[Colour, ...]:
    """The colours of the quadrants in grey."""
    return tuple((value,) * 3 for value in (round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in colours))


def draw_transparent() -> Image.Image:
    """The last quadrant is transparent; its hidden colour is black."""
    image = draw_quadrants().convert("RGBA")
    image.paste((0, 0, 0, 0), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return image


def save_image(image: Image.Image, image_format: str, **settings: Any) -> bytes:
    file = BytesIO()
    image.save(file, image_format, **settings)
    return file.getvalue()


def make_rotated_file(image_format: str, orientation: int) -> bytes:
    """The quadrants as a rotated camera stores them, with an EXIF orientation."""
    if image_format == "HEIC":
        return (ODD / f"orientation-{orientation}.heic").read_bytes()
    exif = Image.Exif()
    exif[0x0112] = orientation
    settings = {} if image_format in ("PNG", "TIFF") else {"quality": 90}
    return save_image(rotate_for_orientation(draw_quadrants(), orientation), image_format, exif=exif, **settings)


def make_swapped_profile() -> bytes:
    """The sRGB profile with red and green swapped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[:] = profile.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")
    # Decoders recognize sRGB by its name, so the name has to change, too.
    return bytes(profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be")).replace(b"sRGB", b"swap"))


def draw_swapped() -> Image.Image:
    red, green, blue = draw_quadrants().split()
    return Image.merge("RGB", (green, red, blue))


def make_ycck_jpeg() -> bytes:
    """A JPEG as Photoshop writes it: inverted CMYK as luminance and chroma (Adobe transform 2)."""
    luminance, b, r = ImageChops.invert(draw_quadrants()).convert("YCbCr").split()
    planes = [ImageChops.invert(plane) for plane in (luminance, b, r)]
    image = Image.merge("CMYK", (*planes, Image.new("L", (WIDTH, HEIGHT))))
    file = save_image(image, "JPEG", quality=95)
    at = file.index(b"Adobe")
    return file[: at + 11] + b"\2" + file[at + 12 :]


def encode_sixteen_bits(image: Image.Image, order: str = ">") -> bytes:
    """Rows of 16-bit samples whose low byte differs from the high byte."""
    return b"".join(struct.pack(f"{order}H", value << 8 | 0x40) for value in image.tobytes())


def encode_png(depth: int, colour: int, rows: bytes, interlaced: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        encode_png_chunk(kind, body)
        for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def encode_png_chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def make_sixteen_bit_png(image: Image.Image, colour: int) -> bytes:
    samples, stride = encode_sixteen_bits(image), 2 * WIDTH * len(image.getbands())
    return encode_png(16, colour, b"".join(b"\0" + samples[at : at + stride] for at in range(0, len(samples), stride)))


def make_interlaced_png() -> bytes:
    image, rows = draw_quadrants(), b""
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
    return encode_png(8, 2, rows, interlaced=1)


def encode_bmp(depth: int, compression: int, pixels: bytes, height: int = HEIGHT, masks: bytes = b"") -> bytes:
    offset = 54 + len(masks)
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(pixels), 0, 0, offset)
        + struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, depth, compression, len(pixels), 2835, 2835, 0, 0)
        + masks
        + pixels
    )


def make_top_down_bmp() -> bytes:
    return encode_bmp(24, 0, draw_quadrants().tobytes("raw", "BGR"), height=-HEIGHT)


def make_five_six_five_bmp() -> bytes:
    pixels = draw_quadrants().tobytes()
    packed = [(r >> 3) << 11 | (g >> 2) << 5 | b >> 3 for r, g, b in zip(*[iter(pixels)] * 3, strict=True)]
    rows = [struct.pack(f"<{WIDTH}H", *packed[at : at + WIDTH]) for at in range(0, len(packed), WIDTH)]
    return encode_bmp(16, 3, b"".join(reversed(rows)), masks=struct.pack("<III", 0xF800, 0x07E0, 0x001F))


def encode_tiff(samples: bytes, bits: int, count: int, order: str = "<", sample_format: int = 1) -> bytes:
    """One strip after the 8-byte header; the directory is at the end of the file."""
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


def make_float_tiff(top: float) -> bytes:
    return encode_tiff(
        b"".join(struct.pack("<f", value * top / 255) for value in draw_quadrants().convert("L").tobytes()),
        32,
        1,
        "<",
        3,
    )


def draw_indexed() -> Image.Image:
    return draw_quadrants().quantize(8)


def make_animated_file(image_format: str, **settings: Any) -> bytes:
    return save_image(
        draw_quadrants(),
        image_format,
        save_all=True,
        append_images=[Image.new("RGB", (WIDTH, HEIGHT), "black")],
        **settings,
    )


def draw_lab() -> Image.Image:
    lab = ImageCms.profileToProfile(
        draw_quadrants(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    return lab


FormatExample = tuple[Callable[[], bytes], tuple[Colour, ...]]

FORMATS: dict[str, FormatExample] = {
    "JPEG baseline": (lambda: save_image(draw_quadrants(), "JPEG", quality=92), COLOURS),
    "JPEG progressive": (lambda: save_image(draw_quadrants(), "JPEG", quality=92, progressive=True), COLOURS),
    "JPEG RGB (Adobe 0)": (lambda: save_image(draw_quadrants(), "JPEG", quality=92, keep_rgb=True), COLOURS),
    "JPEG grey": (lambda: save_image(draw_quadrants().convert("L"), "JPEG", quality=92), to_grey()),
    "JPEG CMYK inverted": (lambda: save_image(draw_quadrants().convert("CMYK"), "JPEG", quality=95), COLOURS),
    "JPEG YCCK inverted": (make_ycck_jpeg, COLOURS),
    "PNG RGB": (lambda: save_image(draw_quadrants(), "PNG"), COLOURS),
    "PNG grey": (lambda: save_image(draw_quadrants().convert("L"), "PNG"), to_grey()),
    "PNG 1 bit": (lambda: save_image(draw_quadrants(BLACK_AND_WHITE).convert("1"), "PNG"), BLACK_AND_WHITE),
    "PNG palette": (lambda: save_image(draw_indexed(), "PNG"), COLOURS),
    "PNG palette 2 bits": (lambda: save_image(draw_quadrants().quantize(4), "PNG", bits=2), COLOURS),
    "PNG palette, transparent": (lambda: save_image(draw_transparent().quantize(8), "PNG"), HIDDEN),
    "PNG RGB + tRNS": (lambda: save_image(draw_quadrants(), "PNG", transparency=YELLOW), HIDDEN),
    "PNG RGBA": (lambda: save_image(draw_transparent(), "PNG"), HIDDEN),
    "PNG grey + alpha": (lambda: save_image(draw_transparent().convert("LA"), "PNG"), to_grey(HIDDEN)),
    "PNG 16-bit grey": (lambda: make_sixteen_bit_png(draw_quadrants().convert("L"), 0), to_grey()),
    "PNG 16-bit RGB": (lambda: make_sixteen_bit_png(draw_quadrants(), 2), COLOURS),
    "PNG 16-bit RGBA": (lambda: make_sixteen_bit_png(draw_transparent(), 6), HIDDEN),
    "PNG interlaced": (make_interlaced_png, COLOURS),
    "PNG palette + ICC": (
        lambda: save_image(draw_swapped().quantize(8), "PNG", icc_profile=make_swapped_profile()),
        COLOURS,
    ),
    "GIF animated": (lambda: make_animated_file("GIF"), COLOURS),
    "GIF transparent": (lambda: save_image(draw_transparent(), "GIF"), HIDDEN),
    "BMP 24 bits": (lambda: save_image(draw_quadrants(), "BMP"), COLOURS),
    "BMP 24 bits, top down": (make_top_down_bmp, COLOURS),
    "BMP 32 bits": (lambda: save_image(draw_quadrants().convert("RGBA"), "BMP"), COLOURS),
    "BMP 5-6-5": (make_five_six_five_bmp, COLOURS),
    "BMP palette": (lambda: save_image(draw_indexed(), "BMP"), COLOURS),
    "BMP 1 bit": (lambda: save_image(draw_quadrants(BLACK_AND_WHITE).convert("1"), "BMP"), BLACK_AND_WHITE),
    "TIFF raw": (lambda: save_image(draw_quadrants(), "TIFF"), COLOURS),
    "TIFF LZW": (lambda: save_image(draw_quadrants(), "TIFF", compression="tiff_lzw"), COLOURS),
    "TIFF deflate, alpha": (lambda: save_image(draw_transparent(), "TIFF", compression="tiff_adobe_deflate"), HIDDEN),
    "TIFF JPEG": (lambda: save_image(draw_quadrants(), "TIFF", compression="jpeg", quality=95), COLOURS),
    "TIFF CMYK": (lambda: save_image(draw_quadrants().convert("CMYK"), "TIFF"), COLOURS),
    "TIFF Lab": (lambda: save_image(draw_lab(), "TIFF"), COLOURS),
    "TIFF palette": (lambda: save_image(draw_indexed(), "TIFF"), COLOURS),
    "TIFF fax G4": (
        lambda: save_image(draw_quadrants(BLACK_AND_WHITE).convert("1"), "TIFF", compression="group4"),
        BLACK_AND_WHITE,
    ),
    "TIFF two pages": (lambda: make_animated_file("TIFF"), COLOURS),
    "TIFF 16-bit grey": (
        lambda: encode_tiff(encode_sixteen_bits(draw_quadrants().convert("L"), "<"), 16, 1),
        to_grey(),
    ),
    "TIFF 16-bit grey, Motorola": (
        lambda: encode_tiff(encode_sixteen_bits(draw_quadrants().convert("L")), 16, 1, ">"),
        to_grey(),
    ),
    "TIFF 16-bit RGB": (lambda: encode_tiff(encode_sixteen_bits(draw_quadrants(), "<"), 16, 3), COLOURS),
    "TIFF floats to 1": (lambda: make_float_tiff(1), to_grey()),
    "WebP lossy": (lambda: save_image(draw_quadrants(), "WEBP", quality=90), COLOURS),
    "WebP lossless": (lambda: save_image(draw_quadrants(), "WEBP", lossless=True), COLOURS),
    "WebP alpha": (lambda: save_image(draw_transparent(), "WEBP", quality=90), HIDDEN),
    "WebP animated": (lambda: make_animated_file("WEBP", quality=90), COLOURS),
    "WebP + ICC": (lambda: save_image(draw_swapped(), "WEBP", quality=90, icc_profile=make_swapped_profile()), COLOURS),
    "HEIC": (lambda: (ODD / "orientation-1.heic").read_bytes(), COLOURS),
    "HEIC 10 bits": (lambda: (ODD / "ten-bits.heic").read_bytes(), COLOURS),
    "HEIC alpha": (lambda: (ODD / "alpha.heic").read_bytes(), HIDDEN),
    "AVIF": (lambda: save_image(draw_quadrants(), "AVIF", quality=90), COLOURS),
    "AVIF alpha": (lambda: save_image(draw_transparent(), "AVIF", quality=90), HIDDEN),
    "AVIF animated": (lambda: make_animated_file("AVIF", quality=90), COLOURS),
}
