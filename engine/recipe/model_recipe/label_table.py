"""Write labels.json, the models' classes in Rekognition's words: python -m model_recipe.label_table."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "class_tables"
OUTPUT = Path(__file__).parents[2] / "rekbridge_engine" / "models" / "labels.json"
_VERSION = "rekognition-3.0-like/1"


class TableError(Exception):
    """A table names a label that does not exist, or not all ancestors of one."""


def render_table(folder: Path = TABLES) -> str:
    """The text of labels.json. Raises TableError."""
    labels = {name: _parse_label(name, *cells) for name, *cells in _read_rows(folder / "labels.txt", 5)}
    imagenet = {
        number: label for numbers, label in _read_rows(folder / "imagenet.txt", 2) for number in _parse_numbers(numbers)
    }
    coco: dict[str, dict[str, Any]] = {
        number: {"class": name, "label": None if label == "-" else label, "kin": sorted(set(_parse_numbers(kin)))}
        for number, name, label, kin in _read_rows(folder / "coco.txt", 4)
    }
    context: dict[str, set[int]] = {}
    for label, numbers in _read_rows(folder / "context.txt", 2):
        context.setdefault(label, set()).update(_parse_numbers(numbers))
    _check_labels(labels, {*imagenet.values(), *context, *(row["label"] for row in coco.values() if row["label"])})
    table = {
        "version": _VERSION,
        "labels": labels,
        "coco": coco,
        "imagenet": {str(number): label for number, label in sorted(imagenet.items())},
        "context": {label: sorted(numbers) for label, numbers in context.items()},
        "moderation": json.loads((folder / "moderation.json").read_text(encoding="utf-8")),
        "protection": json.loads((folder / "protection.json").read_text(encoding="utf-8")),
    }
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def _read_rows(file: Path, cells: int) -> Iterator[list[str]]:
    """The cells of each line; those that a line lacks are empty."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            row = [cell.strip() for cell in line.split("|")]
            yield row + [""] * (cells - len(row))


def _parse_label(name: str, parents: str, category: str, aliases: str, seen: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Parents": sorted(filter(None, parents.split(","))),
        "Aliases": list(filter(None, aliases.split(","))),
        "Categories": [category],
        "seen": seen == "+",
    }


def _parse_numbers(text: str) -> Iterator[int]:
    """Read '1-3,7' as 1, 2, 3, 7."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _check_labels(labels: dict[str, dict[str, Any]], used: set[str]) -> None:
    parents = {parent for label in labels.values() for parent in label["Parents"]}
    if unknown := (used | parents) - labels.keys():
        raise TableError(f"labels.txt lacks {', '.join(sorted(unknown))}")
    for name, label in labels.items():
        inherited = {ancestor for parent in label["Parents"] for ancestor in labels[parent]["Parents"]}
        if missing := inherited - set(label["Parents"]):
            raise TableError(f"labels.txt: {name} lacks the ancestors {', '.join(sorted(missing))}")


if __name__ == "__main__":
    OUTPUT.write_text(render_table(), encoding="utf-8")
