"""`rekbridge package`."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from rekbridge.packaging.build import Package, build, folder, host_architecture
from rekbridge.support.console import out


class Architecture(StrEnum):
    """A processor that Lambda has."""

    arm64 = "arm64"
    x86_64 = "x86_64"


HOST = Architecture(host_architecture())


def package(
    architecture: Annotated[Architecture, typer.Option(help="The Lambdas' processor.")] = HOST,
) -> None:
    """Make one zip for each Lambda; unchanged ones are left as they are."""
    into = folder(architecture)
    with out.status(f"Packaging for {architecture}"):
        packages = build(architecture, into)
    out.print(table(packages))
    out.print(f"in {into}", style="dim")


def table(packages: dict[Package, bool]) -> Table:
    """Sizes and digests."""
    shown = Table()
    for heading in ("package", "zip", "unzipped", "SHA-256", ""):
        shown.add_column(heading, justify="right" if heading in {"zip", "unzipped"} else "left")
    for made, anew in packages.items():
        sizes = (f"{size / 1e6:.1f} MB" for size in (made.zip_bytes, made.unzipped_bytes))
        shown.add_row(made.name, *sizes, made.sha256[:12], "made" if anew else "unchanged")
    return shown
