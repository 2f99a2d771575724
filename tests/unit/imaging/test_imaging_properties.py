"""Properties: any file is sniffed or rejected within 64 KB, and rebuilding keeps the pixels."""

from contextlib import suppress
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rekbridge_lambda.domain.errors import Rejected, UnreadableImage
from rekbridge_lambda.imaging import rebuild
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.inspection import list_metadata as list_metadata
from tests.odd_formats import FORMATS, encode_png_chunk, save_image
from tests.unit.conftest import DEFAULT_LIMITS

FILES = [make() for make, _ in FORMATS.values()]
HEADERS = [file[:length] for file in FILES for length in (4, 12, 40)]

damaged_files = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda header, body: header + body, st.sampled_from(HEADERS), st.binary(max_size=300)),
    st.builds(lambda file, length: file[:length], st.sampled_from(FILES), st.integers(0, 2000)),
    st.builds(
        lambda file, position, replacement: (
            file[: position % len(file)] + replacement + file[position % len(file) + len(replacement) :]
        ),
        st.sampled_from(FILES),
        st.integers(0, 800),
        st.binary(min_size=1, max_size=8),
    ),
)


@settings(max_examples=400)
@given(damaged_files, st.integers(0, 10**8))
def test_any_file_is_sniffed_or_rejected(file: bytes, extra_size: int) -> None:
    bytes_read = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal bytes_read
        bytes_read += length
        return file[offset : offset + length].ljust(length, b"\0")

    with suppress(Rejected):
        sniff_image(read, len(file) + extra_size)
    assert bytes_read <= 64 * 1024


@settings(max_examples=100)
@given(damaged_files)
def test_a_file_that_is_sent_without_decoding_has_no_metadata(file: bytes) -> None:
    try:
        header = sniff_image(lambda offset, length: file[offset : offset + length], len(file))
    except Rejected:
        return
    with suppress(UnreadableImage):
        rebuilt = rebuild.rebuild_image(header, BytesIO(file), DEFAULT_LIMITS)
        assert rebuilt is None or list_metadata(rebuilt) == []


small_images = st.builds(
    lambda mode, width, height, data: Image.frombytes(
        mode, (width, height), (data * (3 * width * height // len(data) + 1))[: len(mode) * width * height]
    ),
    st.sampled_from(["L", "RGB"]),
    st.integers(1, 70),
    st.integers(1, 70),
    st.binary(min_size=1, max_size=500),
)

app_segments = st.lists(
    st.tuples(st.sampled_from([0xE0, 0xE1, 0xE2, 0xE5, 0xED, 0xEF, 0xFE]), st.binary(max_size=60)), max_size=5
)


@settings(max_examples=150)
@given(small_images, app_segments, st.booleans(), st.binary(max_size=60))
def test_a_rebuilt_jpeg_has_the_same_pixels(
    image: Image.Image, extra_segments: list[tuple[int, bytes]], progressive: bool, trailing_bytes: bytes
) -> None:
    file = save_image(image, "JPEG", progressive=progressive)
    metadata_bytes = b"".join(
        bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body for marker, body in extra_segments
    )
    assert_same_pixels(file, file[:20] + metadata_bytes + file[20:] + trailing_bytes)


@settings(max_examples=100)
@given(small_images, st.lists(st.binary(max_size=60), max_size=5), st.binary(max_size=60))
def test_a_rebuilt_png_has_the_same_pixels(image: Image.Image, texts: list[bytes], trailing_bytes: bytes) -> None:
    file = save_image(image, "PNG")
    metadata_bytes = b"".join(encode_png_chunk(b"teXt", text) for text in texts)
    assert_same_pixels(file, file[:33] + metadata_bytes + file[33:] + trailing_bytes)


def assert_same_pixels(original: bytes, with_metadata: bytes) -> None:
    header = sniff_image(lambda offset, length: with_metadata[offset : offset + length], len(with_metadata))
    rebuilt = rebuild.rebuild_image(header, BytesIO(with_metadata), DEFAULT_LIMITS)
    assert rebuilt is not None
    assert list_metadata(rebuilt) == []
    assert Image.open(BytesIO(rebuilt)).tobytes() == Image.open(BytesIO(original)).tobytes()
