"""docs/formats.md: what becomes of every layout, by row of the cases. Written by `python -m tests.layouts`."""

import warnings
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from pi_heif import register_heif_opener  # type: ignore[import-untyped]
from PIL import Image, ImageOps, TiffImagePlugin

from tests.layouts.case import Case
from tests.layouts.cases import MAX_ERROR, Judgement, compare, list_cases, prepare_case
from tests.layouts.scene import Array

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"
MARK = "<!-- Below: written by `python -m tests.layouts`. -->\n"
PLANAR = ", planar"

type RowKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table; `becomes` is sent, corrected, refused, or a mixture, which a test forbids."""

    becomes: str
    error: float
    reason: str


@cache
def group_cases() -> dict[RowKey, list[Case]]:
    """Cases by format and row."""
    groups: dict[RowKey, list[Case]] = defaultdict(list)
    for case in list_cases():
        groups[case.image_format, case.row].append(case)
    return groups


@cache
def judge_row(key: RowKey) -> list[tuple[Case, Judgement]]:
    """Every case of one row with what becomes of it."""
    return [(case, prepare_case(case.write(), case.picture)) for case in group_cases()[key]]


def summarize_row(key: RowKey) -> TableLine:
    """The line of one row."""
    judged = judge_row(key)
    reasons = sorted({judgement.reason for _, judgement in judged if judgement.reason})
    error = max((judgement.error for _, judgement in judged if not judgement.reason), default=0.0)
    if not reasons:
        plain = all(decode_plainly(case.write(), case.picture) <= MAX_ERROR for case, _ in judged)
        return TableLine("sent" if plain else "corrected", error, "")
    mixed = any(not judgement.reason for _, judgement in judged)
    return TableLine("sent and refused" if mixed else "refused", error, reasons[0])


def decode_plainly(file: bytes, picture: Array) -> float:
    """The error of Pillow as any program uses it; infinite where it fails."""
    register_heif_opener()
    libtiff, TiffImagePlugin.READ_LIBTIFF = TiffImagePlugin.READ_LIBTIFF, False
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(file)) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                white = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(white, upright.convert("RGBA"))
            return compare(np.asarray(upright.convert("RGB")) / 255, picture)
    except (OSError, ValueError, KeyError):
        return float("inf")
    finally:
        TiffImagePlugin.READ_LIBTIFF = libtiff


def build_table() -> str:
    """The table in Markdown; a planar row is part of the row before where it becomes the same."""
    lines = ["| format | pixels | files | become | error | reason |", "|---|---|---|---|---|---|"]
    for image_format, row in group_cases():
        key, planar = (image_format, row), (image_format, row + PLANAR)
        line, files = summarize_row(key), len(group_cases()[key])
        if row.endswith(PLANAR) and _becomes_same((image_format, row.removesuffix(PLANAR)), key):
            continue
        name = row
        if planar in group_cases() and _becomes_same(key, planar):
            name, files = f"{row}, also planar", files + len(group_cases()[planar])
            line = TableLine(line.becomes, max(line.error, summarize_row(planar).error), line.reason)
        error = f"{line.error:.1f}" if line.becomes != "refused" else ""
        lines.append(f"| {image_format} | {name} | {files} | {line.becomes} | {error} | {line.reason} |")
    return "\n".join(lines) + "\n"


def _becomes_same(one: RowKey, other: RowKey) -> bool:
    return one in group_cases() and summarize_row(one).becomes == summarize_row(other).becomes


def write_docs() -> None:
    """Replace the table in docs/formats.md."""
    head, mark, _ = DOCS.read_text().partition(MARK)
    assert mark
    DOCS.write_text(head + MARK + "\n" + build_table())
