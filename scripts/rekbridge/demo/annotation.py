"""Draws the found boxes on an image, with a panel beside it that lists them by operation."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from rekbridge.demo.boxes import Box, Point

COLOURS = {"faces": (34, 160, 90), "labels": (226, 110, 16), "text": (28, 100, 220)}
BACKGROUND, TEXT_COLOUR, MUTED_COLOUR = (250, 250, 248), (30, 30, 34), (110, 110, 118)
# Images are scaled so that the longer side has this many pixels; all other sizes are chosen for it.
MAX_SIDE_PX = 1400
LINE_PX, FONT_PX, PANEL_PX, MARGIN_PX = 4, 20, 520, 20

type Frame = tuple[float, float, float, float]


class AnnotatedImage:
    """An image and the frames on it that captions must not cover."""

    def __init__(self, original: Path) -> None:
        image = ImageOps.exif_transpose(Image.open(original)).convert("RGB")
        self.image = ImageOps.contain(image, (MAX_SIDE_PX, MAX_SIDE_PX))
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self.occupied: list[Frame] = []

    def draw_box(self, box: Box) -> None:
        """Draw a box, and its caption where there is room. Text gets no caption: it can be read on the image."""
        colour, corners = COLOURS[box.operation], box.scale_corners(*self.image.size)
        if box.operation == "text":
            self.draw.polygon(corners, fill=(*colour, 36))
            self.draw.line([*corners, corners[0]], fill=colour, width=LINE_PX - 1, joint="curve")
            self.occupied.append(_compute_frame(corners, 0))
            return
        # Labels often have the same box as a face: theirs is drawn around it.
        frame = _compute_frame(corners, 2 * LINE_PX if box.operation == "labels" else 0)
        self.draw.rounded_rectangle(frame, radius=LINE_PX, outline=colour, width=LINE_PX)
        self.draw_caption(f"{box.caption} {box.confidence:.0f} %", colour, frame)

    def draw_caption(self, caption: str, colour: tuple[int, int, int], frame: Frame) -> None:
        """Draw a caption above the box, below it or in it; nothing if it would cover a line of text or a caption."""
        left, top, _, bottom = frame
        width, height = ImageDraw.Draw(self.image).textlength(caption, FONT) + FONT_PX * 0.8, FONT_PX * 1.5
        left = min(max(0, left), self.image.width - width)
        for y in (top - height, bottom, top + LINE_PX, bottom - height - LINE_PX):
            area = (left, y, left + width, y + height)
            if 0 <= y <= self.image.height - height and not any(_overlap(area, other) for other in self.occupied):
                self.occupied.append(area)
                self.draw.rounded_rectangle(area, radius=LINE_PX, fill=(*colour, 235))
                self.draw.text((left + FONT_PX * 0.4, y + height / 2), caption, "white", FONT, anchor="lm")
                return


def draw_annotated_image(
    original: Path, boxes: Mapping[str, list[Box]], paths: Mapping[str, str], unplaced: Sequence[str] = ()
) -> Image.Image:
    """Draw the upright image with its boxes and the panel.

    `paths` describes for each operation how the image was sent: its transfer and regions. `unplaced` are lines for the
    labels without a box, which only the panel can show.
    """
    annotated = AnnotatedImage(original)
    for operation in ("text", "labels", "faces"):
        for box in boxes.get(operation, []):
            annotated.draw_box(box)
    panel = _draw_panel(annotated.image.height, boxes, paths, unplaced)
    joined = Image.new("RGB", (annotated.image.width + panel.width, annotated.image.height), BACKGROUND)
    joined.paste(annotated.image, (0, 0))
    joined.paste(panel, (annotated.image.width, 0))
    return joined


def _draw_panel(
    height: int, boxes: Mapping[str, list[Box]], paths: Mapping[str, str], unplaced: Sequence[str]
) -> Image.Image:
    panel = Image.new("RGB", (PANEL_PX, height), BACKGROUND)
    draw, y = ImageDraw.Draw(panel), float(MARGIN_PX)
    for operation, operation_boxes in sorted(boxes.items()):
        swatch = (MARGIN_PX, y, MARGIN_PX + FONT_PX, y + FONT_PX)
        draw.rounded_rectangle(swatch, radius=LINE_PX, fill=COLOURS[operation])
        draw.text((MARGIN_PX + FONT_PX * 1.5, y + FONT_PX / 2), operation, TEXT_COLOUR, HEADING_FONT, anchor="lm")
        draw.text((MARGIN_PX, y + FONT_PX * 1.8), paths[operation], MUTED_COLOUR, SMALL_FONT, anchor="lm")
        y += FONT_PX * 3.4
        placed = sorted(operation_boxes, key=lambda box: box.corners[0][::-1])
        lines = [box.caption if operation == "text" else f"{box.caption}, {box.confidence:.1f} %" for box in placed]
        rest = list(unplaced) if operation == "labels" else []
        for line, colour in [*((line, TEXT_COLOUR) for line in lines), *((line, MUTED_COLOUR) for line in rest)]:
            draw.text((MARGIN_PX, y), _shorten_to_panel(draw, line), colour, SMALL_FONT, anchor="lm")
            y += FONT_PX * 1.3
        y += FONT_PX
    return panel


def _shorten_to_panel(draw: ImageDraw.ImageDraw, line: str) -> str:
    max_width = PANEL_PX - 2 * MARGIN_PX
    if draw.textlength(line, SMALL_FONT) <= max_width:
        return line
    while draw.textlength(f"{line}…", SMALL_FONT) > max_width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _compute_frame(corners: list[Point], outset: int) -> Frame:
    xs, ys = zip(*corners, strict=True)
    return min(xs) - outset, min(ys) - outset, max(xs) + outset, max(ys) + outset


def _overlap(one: Frame, other: Frame) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


FONT, HEADING_FONT, SMALL_FONT = (ImageFont.load_default(size) for size in (FONT_PX, FONT_PX * 1.15, FONT_PX * 0.85))
