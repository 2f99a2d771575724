"""The celebrities that RecognizeCelebrities knows: photographs in a folder, which its user fills. None are shipped.

`Ada Lovelace.jpg` is one photograph, `Ada Lovelace/1.jpg` one of several. `celebrities.json` may say more about some:
{"Ada Lovelace": {"Id": "2Ada", "Urls": ["example.org/ada"], "KnownGender": "Female"}}.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SUFFIXES = {".jpg", ".jpeg", ".png"}
_DETAILS_FILE = "celebrities.json"
_GENDERS = ("Male", "Female", "Nonbinary", "Unlisted")
# AWS: a celebrity's id consists of these.
_ID = re.compile(r"[0-9A-Za-z]+")
_ID_LENGTH = 12


class GalleryError(ValueError):
    """A folder is no gallery of celebrities. The message says why."""


@dataclass(frozen=True, slots=True)
class Celebrity:
    """A person of the gallery, with the photographs that show the face."""

    name: str
    id: str
    photos: tuple[Path, ...]
    urls: tuple[str, ...] = ()
    known_gender: str | None = None


def read_gallery(folder: Path) -> tuple[Celebrity, ...]:
    """List the celebrities of a folder by name; the photographs are not read. Raises GalleryError."""
    if not folder.is_dir():
        raise GalleryError(f"{folder} is not a folder")
    photos: dict[str, list[Path]] = defaultdict(list)
    for name, photo in _find_photos(folder):
        photos[name].append(photo)
    details = _read_details(folder / _DETAILS_FILE)
    if unknown := sorted(details.keys() - photos.keys()):
        raise GalleryError(f"{folder / _DETAILS_FILE} names {unknown[0]!r}, of whom {folder} has no photograph")
    return tuple(_build_celebrity(name, tuple(photos[name]), details.get(name, {})) for name in sorted(photos))


def _find_photos(folder: Path) -> Iterator[tuple[str, Path]]:
    for entry in sorted(folder.iterdir()):
        if entry.suffix.lower() in _SUFFIXES and entry.is_file():
            yield entry.stem, entry
        elif entry.is_dir():
            yield from ((entry.name, file) for file in sorted(entry.iterdir()) if file.suffix.lower() in _SUFFIXES)


def _read_details(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        details = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise GalleryError(f"{file} is not JSON: {error}") from error
    if not isinstance(details, dict):
        raise GalleryError(f"{file} must be an object of names")
    return details


def _build_celebrity(name: str, photos: tuple[Path, ...], details: Any) -> Celebrity:
    match details:
        case dict() if details.keys() <= {"Id", "Urls", "KnownGender"}:
            identifier = details.get("Id", hashlib.sha256(name.encode()).hexdigest()[:_ID_LENGTH])
            urls, gender = details.get("Urls", []), details.get("KnownGender")
        case _:
            raise GalleryError(f"{_DETAILS_FILE}: {name!r} must be an object of Id, Urls and KnownGender")
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise GalleryError(f"{_DETAILS_FILE}: the Id of {name!r} must consist of letters and digits")
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise GalleryError(f"{_DETAILS_FILE}: the Urls of {name!r} must be a list of texts")
    if gender not in (None, *_GENDERS):
        raise GalleryError(f"{_DETAILS_FILE}: the KnownGender of {name!r} must be one of {', '.join(_GENDERS)}")
    return Celebrity(name, identifier, photos, tuple(urls), gender)
