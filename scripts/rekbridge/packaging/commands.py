"""`rekbridge package`, and for a checkout `rekbridge pins`."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import boto3
import typer
from rich.table import Table

from rekbridge.packaging import licences
from rekbridge.packaging import release as releases
from rekbridge.packaging.build import Package, build_packages, get_host_architecture, get_package_folder
from rekbridge.packaging.pins import list_pin_files, list_pypi_files, read_pins, update_pin_files
from rekbridge.packaging.release import ReleaseAddress
from rekbridge.support import paths
from rekbridge.support.console import out


class Architecture(StrEnum):
    """A processor architecture of Lambda."""

    arm64 = "arm64"
    x86_64 = "x86_64"


HOST_ARCHITECTURE = Architecture(get_host_architecture())

ReleaseOption = Annotated[
    Path | None,
    typer.Option(help="Also write zips and SBOMs into this folder, by digest, with a manifest.", file_okay=False),
]
UploadOption = Annotated[
    str | None,
    typer.Option(help="Also upload them to s3://bucket/prefix in the home region, and write Terraform's `packages`."),
]


def package(
    architecture: Annotated[
        list[Architecture] | None, typer.Option(help="Processor of the Lambda functions. Repeat it for both.")
    ] = None,
    release: ReleaseOption = None,
    upload: UploadOption = None,
) -> None:
    """Build one zip per Lambda, with an SBOM beside it. Zips whose inputs have not changed are kept."""
    address = ReleaseAddress.parse(upload) if upload else None
    for chosen in dict.fromkeys(architecture or [HOST_ARCHITECTURE]):
        into = get_package_folder(chosen)
        with out.status(f"Packaging for {chosen}"):
            packages = build_packages(chosen, into)
        out.print(build_table(packages))
        out.print(f"in {into}", style="dim")
        if release or address:
            publish(packages, chosen, release or paths.get_home() / "release", address)


def pins() -> None:
    """Write the hashes of all pinned packages, as PyPI lists them, and the tables of docs/licences.md."""
    files = list_pin_files()
    with out.status("Reading PyPI's lists"):
        changed = update_pin_files(files, list_pypi_files)
    page, lambdas = paths.ROOT / "docs" / "licences.md", paths.LAMBDA_PACKAGE / "requirements.txt"
    written = licences.write_tables(page.read_text(), read_pins(lambdas.read_text()))
    if written != page.read_text():
        page.write_text(written)
        changed.append(page)
    for file in changed:
        out.print(f"{file.relative_to(paths.ROOT)}: written")
    out.print(f"{len(files) + 1 - len(changed)} files were up to date", style="dim")


def publish(packages: Iterable[Package], architecture: str, folder: Path, address: ReleaseAddress | None) -> None:
    """Write a release's folder, and upload it if there is an address. Prints what a Terraform root needs next."""
    released = releases.write_release(packages, architecture, get_package_folder(architecture), folder)
    out.print(f"Release: {folder / architecture / 'manifest.json'}")
    if address is None:
        return
    with out.status(f"Uploading to s3://{address.bucket}"):
        uploaded = releases.upload_release(boto3.client("s3"), address, released, folder)
    count = sum(uploaded.values())
    out.print(f"s3://{address.bucket}/{address.prefix}: {count} uploaded, {len(uploaded) - count} were there")
    file = releases.write_variables(address, released, architecture, folder)
    out.print(f"Terraform's variables: {file}", soft_wrap=True)


def build_table(packages: dict[Package, bool]) -> Table:
    """Build the table of sizes and digests."""
    table = Table()
    for heading in ("package", "zip", "unzipped", "SHA-256", ""):
        table.add_column(heading, justify="right" if heading in {"zip", "unzipped"} else "left")
    for built, is_new in packages.items():
        sizes = (f"{size / 1e6:.1f} MB" for size in (built.zip_bytes, built.unzipped_bytes))
        table.add_row(built.name, *sizes, built.sha256[:12], "built" if is_new else "unchanged")
    return table
