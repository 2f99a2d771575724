"""Whatever arrives: a picture or a readable reason, from 64 KB at most; and quiet files are the same picture."""

from contextlib import suppress
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.imaging import metadata
from rekbridge_lambda.imaging.sniffing import sniff

from tests.inspection import metadata as besides
from tests.odd_formats import FORMATS, chunk, saved

FILES = [make() for make, _ in FORMATS.values()]
HEADS = [file[:length] for file in FILES for length in (4, 12, 40)]

broken = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda head, rest: head + rest, st.sampled_from(HEADS), st.binary(max_size=300)),
    st.builds(lambda file, length: file[:length], st.sampled_from(FILES), st.integers(0, 2000)),
    st.builds(
        lambda file, at, new: file[: at % len(file)] + new + file[at % len(file) + len(new) :],
        st.sampled_from(FILES),
        st.integers(0, 800),
        st.binary(min_size=1, max_size=8),
    ),
)


@settings(max_examples=400)
@given(broken, st.integers(0, 10**8))
def test_sniffing_ends_in_a_picture_or_a_reason(file: bytes, more: int) -> None:
    asked = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal asked
        asked += length
        return file[offset : offset + length].ljust(length, b"\0")

    with suppress(Rejected):
        sniff(read, len(file) + more)
    assert asked <= 64 * 1024


@settings(max_examples=100)
@given(broken)
def test_what_passes_undecoded_holds_no_metadata(file: bytes) -> None:
    try:
        picture = sniff(lambda offset, length: file[offset : offset + length], len(file))
    except Rejected:
        return
    quiet = metadata.dropped(picture, BytesIO(file))
    assert quiet is None or besides(quiet) == []


images = st.builds(
    lambda mode, width, height, data: Image.frombytes(
        mode, (width, height), (data * (3 * width * height // len(data) + 1))[: len(mode) * width * height]
    ),
    st.sampled_from(["L", "RGB"]),
    st.integers(1, 70),
    st.integers(1, 70),
    st.binary(min_size=1, max_size=500),
)

segments = st.lists(
    st.tuples(st.sampled_from([0xE0, 0xE1, 0xE2, 0xE5, 0xED, 0xEF, 0xFE]), st.binary(max_size=60)), max_size=5
)


@settings(max_examples=150)
@given(images, segments, st.booleans(), st.binary(max_size=60))
def test_a_quiet_jpeg_shows_the_same_pixels(
    image: Image.Image, extra: list[tuple[int, bytes]], progressive: bool, behind: bytes
) -> None:
    file = saved(image, "JPEG", progressive=progressive)
    noise = b"".join(bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body for marker, body in extra)
    same_picture(file, file[:20] + noise + file[20:] + behind)


@settings(max_examples=100)
@given(images, st.lists(st.binary(max_size=60), max_size=5), st.binary(max_size=60))
def test_a_quiet_png_shows_the_same_pixels(image: Image.Image, texts: list[bytes], behind: bytes) -> None:
    file = saved(image, "PNG")
    noise = b"".join(chunk(b"teXt", text) for text in texts)
    same_picture(file, file[:33] + noise + file[33:] + behind)


def same_picture(plain: bytes, talkative: bytes) -> None:
    picture = sniff(lambda offset, length: talkative[offset : offset + length], len(talkative))
    quiet = metadata.dropped(picture, BytesIO(talkative))
    assert quiet is not None
    assert besides(quiet) == []
    assert Image.open(BytesIO(quiet)).tobytes() == Image.open(BytesIO(plain)).tobytes()
