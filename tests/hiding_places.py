"""Files with a text in a place that decoding does not need: one builder for each place, in JPEG and PNG.

Files that every viewer shows are prepared; those in REFUSED break a decoder, too.
"""

import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image, ImageCms

from tests.odd_formats import draw_quadrants, encode_png_chunk, save_image

SECRET = b"SECRETLEAK-GPS-48.8584N-2.2945E"

JPEG = save_image(draw_quadrants(), "JPEG", quality=92)
PROGRESSIVE = save_image(draw_quadrants(), "JPEG", quality=92, progressive=True)
RESTARTING = save_image(draw_quadrants(), "JPEG", quality=92, restart_marker_blocks=9)
PNG = save_image(draw_quadrants(), "PNG")
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

type Builder = Callable[[], bytes]


def encode_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def insert_after_jfif(*segments: bytes, file: bytes = JPEG) -> bytes:
    return file[:20] + b"".join(segments) + file[20:]


def insert_before(marker: int, *pieces: bytes, file: bytes = JPEG, last: bool = False) -> bytes:
    at = (file.rindex if last else file.index)(bytes((0xFF, marker)))
    return file[:at] + b"".join(pieces) + file[at:]


def add_profile_text(profile: bytes) -> bytes:
    """The same numbers, and a text behind the last tag."""
    size = len(profile) + len(SECRET)
    return size.to_bytes(4) + profile[4:] + SECRET


def make_orientation(orientation: int) -> bytes:
    return b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1" + orientation.to_bytes(2) + bytes(6)


def make_exif(**tags: object) -> bytes:
    exif = Image.Exif()
    numbers = {"description": 0x010E, "copyright": 0x8298}
    for name, value in tags.items():
        exif[numbers[name]] = value
    return exif.tobytes()


def make_maker_note() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = SECRET
    exif[0x8769] = exif.get_ifd(0x8769)
    return exif.tobytes()


def make_thumbnail_directory() -> bytes:
    """A second directory, with one tag that points to a thumbnail."""
    tag = b"\x02\x01\0\4\0\0\0\1" + (26).to_bytes(4)
    return b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\x0e\0\1" + tag + b"\0\0\0\0" + b"\xff\xd8" + SECRET


def grow_quantization(number: int, wide: bool = False) -> bytes:
    """A quantization table of the text."""
    values = (SECRET * 5)[: 128 if wide else 64]
    return encode_segment(0xDB, bytes((wide << 4 | number,)) + values)


def make_huffman(key: int) -> bytes:
    """A Huffman table with the text as its symbols: a decoder does not look at one that it does not use."""
    return encode_segment(0xC4, bytes((key,)) + bytes((0,) * 7 + (len(SECRET),) + (0,) * 8) + SECRET)


def change_segment(marker: int, extra: bytes, file: bytes = JPEG) -> bytes:
    """The first segment of this kind, longer than it should be."""
    at = file.index(bytes((0xFF, marker)))
    end = at + 2 + int.from_bytes(file[at + 2 : at + 4])
    return file[:at] + encode_segment(marker, file[at + 4 : end] + extra) + file[end:]


def repeat_scan() -> bytes:
    at = JPEG.index(b"\xff\xda")
    header = JPEG[at : at + 14]
    return JPEG[:-2] + header + SECRET + b"\xff\xd9"


def set_intervals(file: bytes) -> bytes:
    """A restart interval before every scan, of two letters each: more blocks than the picture has."""
    head, *scans = file.split(b"\xff\xda")
    letters = (SECRET[2 * number :][:2] for number in range(len(scans)))
    return head + b"".join(
        encode_segment(0xDD, pair) + b"\xff\xda" + scan for pair, scan in zip(letters, scans, strict=True)
    )


JPEG_PLACES: dict[str, Builder] = {
    "JFIF thumbnail": lambda: JPEG[:2] + encode_segment(0xE0, JPEG[6:18] + b"\x01\x01abc" + SECRET) + JPEG[20:],
    "JFIF longer than it should be": lambda: JPEG[:2] + encode_segment(0xE0, JPEG[6:20] + SECRET) + JPEG[20:],
    "JFXX thumbnail": lambda: insert_after_jfif(encode_segment(0xE0, b"JFXX\0\x10" + SECRET)),
    "second JFIF after the frame": lambda: insert_before(0xC4, encode_segment(0xE0, JPEG[6:20] + SECRET)),
    "EXIF description": lambda: insert_after_jfif(encode_segment(0xE1, make_exif(description=SECRET.decode()))),
    "EXIF maker note": lambda: insert_after_jfif(encode_segment(0xE1, make_maker_note())),
    "EXIF thumbnail directory": lambda: insert_after_jfif(encode_segment(0xE1, make_thumbnail_directory())),
    "EXIF behind its tags": lambda: insert_after_jfif(encode_segment(0xE1, make_exif() + SECRET)),
    "EXIF header twice": lambda: insert_after_jfif(
        encode_segment(0xE1, b"Exif\0\0" + make_exif(copyright=SECRET.decode()))
    ),
    "XMP": lambda: insert_after_jfif(encode_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)),
    "extended XMP": lambda: insert_after_jfif(encode_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET)),
    "MPF": lambda: insert_after_jfif(encode_segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + SECRET)),
    "FlashPix": lambda: insert_after_jfif(encode_segment(0xE2, b"FPXR\0" + SECRET)),
    "IPTC": lambda: insert_after_jfif(encode_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x1f" + SECRET)),
    "JUMBF (C2PA)": lambda: insert_after_jfif(encode_segment(0xEB, b"JP\0\1\0\0\0\1" + SECRET)),
    "Ducky": lambda: insert_after_jfif(encode_segment(0xEC, b"Ducky" + SECRET)),
    "application segment without a name": lambda: insert_after_jfif(encode_segment(0xEF, SECRET)),
    "Adobe longer than it should be": lambda: insert_after_jfif(
        encode_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET)
    ),
    "segment that is only called Adobe": lambda: insert_after_jfif(encode_segment(0xEE, b"Adobe" + SECRET[:6])),
    "comment": lambda: insert_after_jfif(encode_segment(0xFE, SECRET)),
    "comment after the frame": lambda: insert_before(0xC4, encode_segment(0xFE, SECRET)),
    "comment longer than it says": lambda: insert_after_jfif(b"\xff\xfe\0\3a" + SECRET),
    "colour profile's text": lambda: insert_after_jfif(
        encode_segment(0xE2, b"ICC_PROFILE\0\1\1" + add_profile_text(SRGB_PROFILE))
    ),
    "colour profile's extra part": lambda: insert_after_jfif(
        encode_segment(0xE2, b"ICC_PROFILE\0\1\1" + SRGB_PROFILE), encode_segment(0xE2, b"ICC_PROFILE\0\2\1" + SECRET)
    ),
    "colour profile that is none": lambda: insert_after_jfif(encode_segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET)),
    "colour profile between the scans": lambda: insert_before(
        0xDA, encode_segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET), file=PROGRESSIVE, last=True
    ),
    "spare quantization table": lambda: insert_after_jfif(grow_quantization(3)),
    "spare wide quantization table": lambda: insert_after_jfif(grow_quantization(2, wide=True)),
    "quantization table that is defined again": lambda: insert_after_jfif(grow_quantization(0)),
    "wide quantization table that is defined again": lambda: insert_after_jfif(grow_quantization(1, wide=True)),
    "spare quantization table in the segment of a used one": lambda: change_segment(0xDB, b"\3" + (SECRET * 3)[:64]),
    "quantization table between the scans": lambda: insert_before(
        0xDA, grow_quantization(0), file=PROGRESSIVE, last=True
    ),
    "spare Huffman table": lambda: insert_before(0xDA, make_huffman(0x13)),
    "Huffman table that is defined again": lambda: insert_before(0xC4, make_huffman(0x10)),
    "Huffman table behind the last scan": lambda: insert_before(0xD9, make_huffman(0x00), last=True),
    "comment between the scans": lambda: insert_before(0xDA, encode_segment(0xFE, SECRET), file=PROGRESSIVE, last=True),
    "application segment between the scans": lambda: insert_before(
        0xDA, encode_segment(0xE5, SECRET), file=PROGRESSIVE, last=True
    ),
    "bytes between the segments": lambda: insert_after_jfif(SECRET),
    "bytes behind a stuffed zero": lambda: insert_before(0xC0, b"\xff\0" + SECRET),
    "bytes behind a stand-alone marker": lambda: insert_before(0xC0, b"\xff\xd0\xff\x01" + SECRET),
    "bytes between the scans": lambda: insert_before(0xDA, SECRET, file=PROGRESSIVE, last=True),
    "bytes behind a restart marker without interval": lambda: JPEG[:-2] + b"\xff\xd0" + SECRET + b"\xff\xd9",
    "bytes behind a surplus restart marker": lambda: RESTARTING[:-2] + b"\xff\xd3" + SECRET + b"\xff\xd9",
    "scan of a component that has one": repeat_scan,
    "number of lines behind the scan": lambda: JPEG[:-2] + encode_segment(0xDC, SECRET) + b"\xff\xd9",
    "comment behind the last scan": lambda: insert_before(0xD9, encode_segment(0xFE, SECRET), last=True),
    "application segment behind the last scan": lambda: insert_before(0xD9, encode_segment(0xE4, SECRET), last=True),
    "EXIF with an orientation and a thumbnail": lambda: insert_after_jfif(
        encode_segment(0xE1, make_orientation(1) + b"\xff\xd8" + SECRET)
    ),
    "two Adobe segments": lambda: insert_after_jfif(
        encode_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET), encode_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    ),
    "colour profile in parts of a wrong order": lambda: insert_after_jfif(
        encode_segment(0xE2, b"ICC_PROFILE\0\2\2" + SECRET), encode_segment(0xE2, b"ICC_PROFILE\0\1\2" + SRGB_PROFILE)
    ),
    "colour profile without parts": lambda: insert_after_jfif(encode_segment(0xE2, b"ICC_PROFILE\0" + SECRET)),
    "Huffman table of too many codes": lambda: insert_before(
        0xC4, encode_segment(0xC4, b"\x13" + bytes((len(SECRET),)) + bytes(15) + SECRET)
    ),
    "text behind the end of image of a progressive one": lambda: PROGRESSIVE + SECRET,
    "second image": lambda: JPEG + JPEG[:20] + encode_segment(0xFE, SECRET) + JPEG[20:],
    "video": lambda: JPEG + b"\0\0\0\x18ftypmp42" + SECRET,
    "video without an end of image": lambda: JPEG[:-2] + b"\0\0\0\x18ftypmp42" + SECRET,
    "second image without an end of image": lambda: JPEG[:-2] + JPEG[:20] + encode_segment(0xFE, SECRET) + JPEG[20:],
    "restart interval longer than the picture": lambda: set_intervals(JPEG),
    "restart intervals between the scans": lambda: set_intervals(PROGRESSIVE),
    "frame longer than it should be": lambda: change_segment(0xC0, SECRET),
    "scan header longer than it should be": lambda: change_segment(0xDA, SECRET),
    "restart interval longer than it should be": lambda: change_segment(0xDD, SECRET, RESTARTING),
    "quantization segment longer than its tables": lambda: change_segment(0xDB, SECRET),
    "segment of an unknown kind": lambda: insert_after_jfif(encode_segment(0xF0, SECRET)),
    "second frame": lambda: insert_before(0xDA, encode_segment(0xC0, SECRET)),
}


def insert_chunk(kind: bytes, body: bytes, file: bytes = PNG) -> bytes:
    """A chunk behind the header."""
    return file[:33] + encode_png_chunk(kind, body) + file[33:]


def insert_before_end(kind: bytes, body: bytes) -> bytes:
    return PNG[:-12] + encode_png_chunk(kind, body) + PNG[-12:]


def get_stream() -> bytes:
    at = PNG.index(b"IDAT")
    return PNG[at + 4 : at + 4 + int.from_bytes(PNG[at - 4 : at])]


def replace_data(*chunks: tuple[bytes, bytes]) -> bytes:
    """The PNG with these chunks instead of its data."""
    return PNG[:33] + b"".join(encode_png_chunk(kind, body) for kind, body in chunks) + PNG[-12:]


def split_data(kind: bytes, body: bytes) -> bytes:
    """A chunk in the middle of the data."""
    stream = get_stream()
    return replace_data((b"IDAT", stream[:50]), (kind, body), (b"IDAT", stream[50:]))


def add_rows() -> bytes:
    row = b"\0" + (SECRET * 20)[: 3 * draw_quadrants().width]
    return replace_data((b"IDAT", zlib.compress(zlib.decompress(get_stream()) + row)))


def encode_header(*extra: bytes) -> bytes:
    return PNG[:8] + encode_png_chunk(b"IHDR", PNG[16:29] + b"".join(extra)) + PNG[33:]


# Chunks that hold whatever they like, with what stands before the text.
FREE_CHUNKS = {
    b"tEXt": b"Comment\0", b"iTXt": b"Comment\0\0\0\0\0", b"eXIf": b"MM\0*\0\0\0\x08\0\0\0\0\0\0", b"sPLT": b"a\0\x08",
    b"acTL": b"\0\0\0\2\0\0\0\0",
    **dict.fromkeys(
        (
            b"tIME", b"pHYs", b"hIST", b"bKGD", b"oFFs", b"pCAL", b"sCAL", b"sTER", b"gIFg", b"gIFx", b"dSIG", b"caBX",
            b"iDOT", b"vpAg", b"mkBF", b"prVt", b"meTa", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"mDCV", b"cLLI",
        ), b"",
    ),
}  # fmt: skip


def insert_free_chunk(kind: bytes) -> bytes:
    return insert_chunk(kind, FREE_CHUNKS[kind] + SECRET)


PNG_PLACES: dict[str, Builder] = {
    **{f"{kind.decode()} chunk": partial(insert_free_chunk, kind) for kind in FREE_CHUNKS},
    "zTXt chunk": lambda: insert_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)),
    "XMP": lambda: insert_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
    "text behind the data": lambda: insert_before_end(b"tEXt", b"Comment\0" + SECRET),
    "EXIF behind the data": lambda: insert_before_end(b"eXIf", make_exif(description=SECRET.decode())[6:]),
    "colours behind the data": lambda: insert_before_end(b"sRGB", SECRET),
    "many sRGB chunks": lambda: insert_chunk(b"sRGB", b"\0", insert_chunk(b"sRGB", SECRET)),
    "text with a wrong checksum": lambda: (
        PNG[:33] + encode_png_chunk(b"tEXt", b"Comment\0" + SECRET)[:-4] + b"CRC?" + PNG[33:]
    ),
    "palette for RGB": lambda: insert_chunk(b"PLTE", (SECRET * 3)[:93]),
    "colour profile's name": lambda: insert_chunk(b"iCCP", SECRET + b"\0\0" + zlib.compress(SRGB_PROFILE)),
    "colour profile's text": lambda: insert_chunk(
        b"iCCP", b"ICC\0\0" + zlib.compress(add_profile_text(SRGB_PROFILE))
    ),
    "bytes behind the colour profile": lambda: insert_chunk(
        b"iCCP", b"ICC\0\0" + zlib.compress(SRGB_PROFILE) + SECRET
    ),
    "colour profile that is none": lambda: insert_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(SECRET)),
    "end with data": lambda: PNG[:-12] + encode_png_chunk(b"IEND", SECRET),
    "several ends": lambda: PNG + encode_png_chunk(b"tEXt", b"Comment\0" + SECRET) + PNG[-12:],
    "bytes behind the end": lambda: PNG + SECRET,
    "primaries of the text without gamma": lambda: insert_chunk(b"cHRM", SECRET + b"!"),
    "EXIF with a wrong checksum": lambda: PNG[:33] + encode_png_chunk(b"eXIf", SECRET)[:-4] + b"CRC?" + PNG[33:],
    "frame of an animation before the data": lambda: insert_chunk(b"fdAT", b"\0\0\0\0" + SECRET),
    "colour profile behind the data": lambda: insert_before_end(b"iCCP", b"ICC\0\0" + zlib.compress(SECRET)),
    "palette behind the data": lambda: insert_before_end(b"PLTE", (SECRET * 3)[:93]),
    "transparent colour behind the data": lambda: insert_before_end(b"tRNS", SECRET),
    "second header": lambda: insert_before_end(b"IHDR", SECRET),
    "second image": lambda: PNG + insert_chunk(b"tEXt", b"Comment\0" + SECRET),
    "data behind the stream": lambda: replace_data((b"IDAT", get_stream() + SECRET)),
    "data chunk behind the stream": lambda: replace_data((b"IDAT", get_stream()), (b"IDAT", SECRET)),
    "second stream": lambda: replace_data((b"IDAT", get_stream()), (b"IDAT", zlib.compress(SECRET))),
    "empty data chunks around data behind the stream": lambda: replace_data(
        (b"IDAT", b""), (b"IDAT", get_stream()), (b"IDAT", b""), (b"IDAT", SECRET)
    ),
    "data chunk behind another one": lambda: replace_data(
        (b"IDAT", get_stream()), (b"tEXt", b"a\0b"), (b"IDAT", SECRET)
    ),
    "frames of an animation": lambda: insert_before_end(b"fdAT", b"\0\0\0\2" + SECRET),
    "control of an animation": lambda: insert_chunk(b"fcTL", bytes(26) + SECRET),
    "rows below the picture": add_rows,
    "critical chunk of an unknown kind": lambda: insert_chunk(b"ABCD", SECRET),
    "transparent colour longer than it should be": lambda: insert_chunk(b"tRNS", b"\0\1\0\1\0\1" + SECRET),
    "chunk in the middle of the data": lambda: split_data(b"tEXt", b"Comment\0" + SECRET),
    "preset dictionary": lambda: replace_data((b"IDAT", b"\x78\x20" + SECRET[:4] + SECRET)),
    "header longer than it should be": lambda: encode_header(SECRET),
}  # fmt: skip

PLACES: dict[str, Builder] = {
    **{f"JPEG: {name}": build for name, build in JPEG_PLACES.items()},
    **{f"PNG: {name}": build for name, build in PNG_PLACES.items()},
}

# Decoders refuse these, and so does Rekbridge.
REFUSED = {
    "JPEG: frame longer than it should be",
    "JPEG: scan header longer than it should be",
    "JPEG: restart interval longer than it should be",
    "JPEG: quantization segment longer than its tables",
    "JPEG: segment of an unknown kind",
    "JPEG: second frame",
    "PNG: chunk in the middle of the data",
    "PNG: preset dictionary",
    "PNG: header longer than it should be",
}

# Their structure or their colours are so unusual that they are decoded.
DECODED = {
    "JPEG: colour profile's extra part",
    "JPEG: colour profile that is none",
    "JPEG: colour profile in parts of a wrong order",
    "JPEG: colour profile without parts",
    "JPEG: Huffman table of too many codes",
    "JPEG: spare Huffman table",
    "JPEG: Huffman table that is defined again",
    "JPEG: Huffman table behind the last scan",
    "JPEG: bytes behind a restart marker without interval",
    "JPEG: bytes behind a surplus restart marker",
    "JPEG: scan of a component that has one",
    "JPEG: number of lines behind the scan",
    "JPEG: video without an end of image",
    "JPEG: second image without an end of image",
    "PNG: colour profile that is none",
    "PNG: rows below the picture",
    "PNG: critical chunk of an unknown kind",
    "PNG: transparent colour longer than it should be",
}
