"""The licences of what the zips contain: one table, for the SBOMs and for docs/licences.md.

Who pins another version looks at the new wheels, corrects the row in licences.json and its `reviewed`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rekbridge.support.errors import OperatorError
from rekbridge.support.json_types import JsonObject

TABLE = Path(__file__).with_suffix(".json")
START, END = "<!-- Written by `rekbridge pins` -->\n", "<!-- Until here -->\n"


@dataclass(frozen=True, slots=True)
class NativeLibrary:
    """A library of a wheel that is not Python: a shared library of its own, or linked into the file `inside`."""

    name: str
    project: str
    version: str
    licence: str
    source: str
    inside: str = ""


@dataclass(frozen=True, slots=True)
class DistributionLicence:
    """The licence of a distribution (as SPDX expression), and what its wheels have besides, in the version reviewed."""

    reviewed: str
    licence: str
    libraries: Mapping[str, NativeLibrary]
    linked: tuple[NativeLibrary, ...]


@cache
def load_licences() -> dict[str, DistributionLicence]:
    """Return the table by canonical name of the distribution."""
    rows: dict[str, JsonObject] = json.loads(TABLE.read_text())
    return {
        name: DistributionLicence(
            row["reviewed"],
            row["licence"],
            {one: NativeLibrary(one, **facts) for one, facts in row.get("libraries", {}).items()},
            tuple(NativeLibrary(one, **facts) for one, facts in row.get("linked", {}).items()),
        )
        for name, row in rows.items()
    }


def get_licence(distribution: str) -> DistributionLicence:
    """Return a distribution's row. Raises OperatorError if the table has none."""
    if licence := load_licences().get(distribution):
        return licence
    raise OperatorError(f"The licence of {distribution} is not listed.", f"Add a row to {TABLE}.")


def get_library(distribution: str, file: str) -> NativeLibrary:
    """Return the row of a shared library by its file name. Raises OperatorError if the table has none."""
    # libwebp-51b0b3f7.so.7.2.0
    name = file.partition("-")[0]
    if library := get_licence(distribution).libraries.get(name):
        return library
    raise OperatorError(
        f"The licence of {name}, a shared library of {distribution}, is not listed.", f"Add a row to {TABLE}."
    )


def write_tables(page: str, pins: Mapping[str, str]) -> str:
    """Return docs/licences.md with the tables for these versions of the distributions."""
    before, _, rest = page.partition(START)
    return f"{before}{START}{''.join(_build_lines(pins))}{END}{rest.partition(END)[2]}"


def _build_lines(pins: Mapping[str, str]) -> Iterator[str]:
    table = load_licences()
    yield "\n## Python packages\n\n"
    yield "Pinned in `handlers/rekbridge_lambda/requirements.txt`."
    yield " Source: `https://pypi.org/project/<package>/<version>/#files`.\n\n"
    yield from _build_table(
        ["package", "version", "licence"], ([name, pins[name], get_licence(name).licence] for name in sorted(pins))
    )
    yield "\n## Shared libraries in the wheels\n\n"
    shared = ((name, one) for name, row in table.items() for one in row.libraries.values())
    yield from _build_table(
        ["library", "in the wheel of", "project", "version", "licence", "source"],
        ([one.name, name, *_describe(one)] for name, one in sorted(shared, key=lambda pair: pair[1].name)),
    )
    yield "\n## Libraries linked into those, or into Pillow's modules\n\n"
    linked = ((name, one) for name, row in table.items() for one in row.linked)
    yield from _build_table(
        ["inside", "in the wheel of", "project", "version", "licence", "source"],
        ([one.inside, name, *_describe(one)] for name, one in linked),
    )
    yield "\n"


def _describe(library: NativeLibrary) -> list[str]:
    licence = f"**{library.licence}**" if "LGPL" in library.licence else library.licence
    return [library.project, library.version or "unknown", licence, f"<{library.source}>"]


def _build_table(headings: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"
