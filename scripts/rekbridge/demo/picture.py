"""An image with what was seen in it drawn over it, and a panel beside it that tells the colours."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from rekbridge.demo.boxes import Box, Point

COLOURS = {"faces": (34, 160, 90), "labels": (226, 110, 16), "text": (28, 100, 220)}
GROUND, INK, FAINT = (250, 250, 248), (30, 30, 34), (110, 110, 118)
# Sizes of a picture whose longer side is 1,400 pixels; others in proportion.
NORMAL_SIDE = 1400
LINE, LETTER, PANEL, MARGIN = 4, 20, 520, 20

type Frame = tuple[float, float, float, float]


class Drawing:
    """One picture being drawn on."""

    def __init__(self, original: Path) -> None:
        image = ImageOps.exif_transpose(Image.open(original)).convert("RGB")
        self.image = ImageOps.contain(image, (NORMAL_SIDE, NORMAL_SIDE))
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self.taken: list[Frame] = []

    def box(self, box: Box) -> None:
        """Outline one thing; with a caption where there is room, but for text, which can be read as it is."""
        colour, corners = COLOURS[box.operation], box.scaled(*self.image.size)
        if box.operation == "text":
            self.draw.polygon(corners, fill=(*colour, 36))
            self.draw.line([*corners, corners[0]], fill=colour, width=LINE - 1, joint="curve")
            self.taken.append(_around(corners, 0))
            return
        # Labels are seen where faces and lines are: the one's box goes around the other's.
        frame = _around(corners, 2 * LINE if box.operation == "labels" else 0)
        self.draw.rounded_rectangle(frame, radius=LINE, outline=colour, width=LINE)
        self.tag(f"{box.caption} {box.confidence:.0f} %", colour, frame)

    def tag(self, caption: str, colour: tuple[int, int, int], frame: Frame) -> None:
        """A caption on its own colour: over its box, under it or in it, where it hides nothing else that is shown."""
        left, top, _, bottom = frame
        width, height = ImageDraw.Draw(self.image).textlength(caption, FONT) + LETTER * 0.8, LETTER * 1.5
        left = min(max(0, left), self.image.width - width)
        for at in (top - height, bottom, top + LINE, bottom - height - LINE):
            place = (left, at, left + width, at + height)
            if 0 <= at <= self.image.height - height and not any(_meet(place, other) for other in self.taken):
                self.taken.append(place)
                self.draw.rounded_rectangle(place, radius=LINE, fill=(*colour, 235))
                self.draw.text((left + LETTER * 0.4, at + height / 2), caption, "white", FONT, anchor="lm")
                return


def drawn(original: Path, seen: Mapping[str, list[Box]], paths: Mapping[str, str]) -> Image.Image:
    """The picture upright with its boxes; `paths` says for each operation how the image went there."""
    drawing = Drawing(original)
    for operation in ("text", "labels", "faces"):
        for box in seen.get(operation, []):
            drawing.box(box)
    panel = _panel(drawing.image.height, seen, paths)
    joined = Image.new("RGB", (drawing.image.width + panel.width, drawing.image.height), GROUND)
    joined.paste(drawing.image, (0, 0))
    joined.paste(panel, (drawing.image.width, 0))
    return joined


def _panel(height: int, seen: Mapping[str, list[Box]], paths: Mapping[str, str]) -> Image.Image:
    panel = Image.new("RGB", (PANEL, height), GROUND)
    draw, at = ImageDraw.Draw(panel), float(MARGIN)
    for operation, found in sorted(seen.items()):
        draw.rounded_rectangle((MARGIN, at, MARGIN + LETTER, at + LETTER), radius=LINE, fill=COLOURS[operation])
        draw.text((MARGIN + LETTER * 1.5, at + LETTER / 2), operation, INK, HEADING, anchor="lm")
        draw.text((MARGIN, at + LETTER * 1.8), paths[operation], FAINT, SMALL, anchor="lm")
        at += LETTER * 3.4
        for box in sorted(found, key=lambda box: box.corners[0][::-1]):
            told = box.caption if operation == "text" else f"{box.caption}, {box.confidence:.1f} %"
            draw.text((MARGIN, at), _fitting(draw, told), INK, SMALL, anchor="lm")
            at += LETTER * 1.3
        at += LETTER
    return panel


def _fitting(draw: ImageDraw.ImageDraw, line: str) -> str:
    room = PANEL - 2 * MARGIN
    if draw.textlength(line, SMALL) <= room:
        return line
    while draw.textlength(f"{line}…", SMALL) > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _around(corners: list[Point], outset: int) -> Frame:
    across, down = zip(*corners, strict=True)
    return min(across) - outset, min(down) - outset, max(across) + outset, max(down) + outset


def _meet(one: Frame, other: Frame) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


FONT, HEADING, SMALL = (ImageFont.load_default(size) for size in (LETTER, LETTER * 1.15, LETTER * 0.85))
