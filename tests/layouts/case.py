"""A file of one layout, and the picture that a viewer shows of it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.layouts.scene import Array


@dataclass(frozen=True, slots=True)
class Case:
    """The picture is height × width × RGB of 0 to 1. `row` is the line of docs/formats.md that the file belongs to."""

    image_format: str
    row: str
    detail: str
    write: Callable[[], bytes]
    picture: Array

    @property
    def name(self) -> str:
        return f"{self.image_format} · {self.row} · {self.detail}"
