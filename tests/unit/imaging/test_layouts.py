"""Every layout of every format: the picture that is sent is the one that a viewer shows, or the file is refused."""

from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.layouts import scene, tiff_writer
from tests.layouts.cases import MAX_ERROR, prepare_case
from tests.layouts.table import DOCS, MARK, RowKey, build_table, group_cases, judge_row

ROWS = list(group_cases())


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_right_picture_is_sent_or_the_file_is_refused_with_a_reason(row: RowKey) -> None:
    wrong = {case.name: judgement.error for case, judgement in judge_row(row) if not judgement.right}
    assert wrong == {}


def test_all_files_of_a_row_become_the_same() -> None:
    assert "sent and refused" not in DOCS.read_text().partition(MARK)[2]


def test_a_reason_names_no_path() -> None:
    assert "/tmp" not in DOCS.read_text()


def test_the_table_in_the_docs_is_current() -> None:
    assert DOCS.read_text().partition(MARK)[2].strip() == build_table().strip(), "run: python -m tests.layouts"


LOSSLESS_TIFF = [
    (kind, name)
    for kind, name in ROWS
    if kind == "TIFF" and not name.startswith(("JPEG", "old-style", "subsampled", "RGB of 5", "samples of"))
]


@pytest.mark.parametrize("row", LOSSLESS_TIFF, ids=" ".join)
def test_tifffile_reads_the_samples_that_were_written(row: RowKey) -> None:
    """The writer of these tests is right: an independent reader finds what the files should hold."""
    case = group_cases()[row][0]
    samples = case.write.args[0]  # type: ignore[attr-defined]
    found = np.atleast_3d(tifffile.imread(BytesIO(case.write())))
    planar = found.shape != samples.shape
    assert np.array_equal(np.moveaxis(found, 0, -1) if planar else found, samples)


def test_a_wrong_picture_would_be_noticed() -> None:
    """Each kind of fault differs from the picture by far more than the tests accept."""
    picture = scene.RGB
    faults = {
        "negative": 1 - picture,
        "dark": picture / 16,
        "blank": np.ones_like(picture),
        "mirrored": picture[:, ::-1],
        "upside down": picture[::-1],
        "swapped colours": picture[..., ::-1],
        "grey": np.repeat(picture.mean(-1, keepdims=True), 3, -1),
        "planes mixed up": picture.reshape(3, scene.HEIGHT, scene.WIDTH).transpose(1, 2, 0),
    }
    differences = {name: np.abs(fault - picture).mean() * 255 for name, fault in faults.items()}
    assert {name: error for name, error in differences.items() if error < 5 * MAX_ERROR} == {}


def test_the_sent_picture_is_decoded_by_another_decoder() -> None:
    pixels = scene.quantize(scene.RGB, 8)
    file = bytes(imagecodecs.png_encode(pixels))
    assert prepare_case(file, scene.RGB).error < 1
    assert prepare_case(file, 1 - scene.RGB).error > 5 * MAX_ERROR


def test_the_orientation_in_a_tiffs_xmp_turns_nothing(tmp_path: Path) -> None:
    """Pillow would turn the picture by it, unlike viewers, and unlike the header that Rekbridge has read."""
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    samples = scene.quantize(scene.RGB, 8)
    file = tiff_writer.write_tiff(samples, photometric=2, bits=8, tags={700: (1, tuple(xmp))})
    with Image.open(BytesIO(file)) as image:
        image.load()
        assert image.size == (scene.HEIGHT, scene.WIDTH)
    assert prepare_case(file, scene.RGB).right
