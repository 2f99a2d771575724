"""`rekbridge package`."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from rekbridge.packaging.build import Package, build_packages, get_host_architecture, get_package_folder
from rekbridge.support.console import out


class Architecture(StrEnum):
    """A processor architecture of Lambda."""

    arm64 = "arm64"
    x86_64 = "x86_64"


HOST_ARCHITECTURE = Architecture(get_host_architecture())


def package(
    architecture: Annotated[Architecture, typer.Option(help="Processor of the Lambda functions.")] = HOST_ARCHITECTURE,
) -> None:
    """Build one zip per Lambda. Zips whose inputs have not changed are kept."""
    into = get_package_folder(architecture)
    with out.status(f"Packaging for {architecture}"):
        packages = build_packages(architecture, into)
    out.print(build_table(packages))
    out.print(f"in {into}", style="dim")


def build_table(packages: dict[Package, bool]) -> Table:
    """Build the table of sizes and digests."""
    table = Table()
    for heading in ("package", "zip", "unzipped", "SHA-256", ""):
        table.add_column(heading, justify="right" if heading in {"zip", "unzipped"} else "left")
    for built, is_new in packages.items():
        sizes = (f"{size / 1e6:.1f} MB" for size in (built.zip_bytes, built.unzipped_bytes))
        table.add_row(built.name, *sizes, built.sha256[:12], "built" if is_new else "unchanged")
    return table
