"""HEIC and AVIF: whether the coded pictures are as large as the boxes say. Decoders make room for the coded ones."""

from rekbridge_lambda.domain.errors import ImageTooLarge, UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.dimensions import MAX_SPARE_PIXELS
from rekbridge_lambda.imaging.formats import heif_boxes
from rekbridge_lambda.imaging.formats.coded_sizes import read_av1_size, read_hevc_size
from rekbridge_lambda.imaging.formats.heif_boxes import ItemData

# HEVC codes whole blocks of up to 64 px.
MAX_PADDING = 64
# A sequence header is shorter; it is the first or second unit of an item's data.
SEQUENCE_HEADER_BYTES = 64
# Each is one read of the file. Pictures have one item, or two with transparency; AVIF in tiles is rare.
MAX_AV1_ITEMS = 12


def check_coded_sizes(
    reader: BoundedReader,
    boxes: dict[bytes, bytes],
    properties: dict[int, list[tuple[bytes, bytes]]],
    kinds: dict[int, bytes],
    primary: int,
) -> None:
    """Raises ImageTooLarge where a coded picture is larger than its box says, or the tiles than the picture."""
    sizes = {item: heif_boxes.read_size(properties.get(item, [])) for item in (*kinds, primary)}
    size = sizes[primary] or (0, 0)
    tiles: list[int] = []
    locations = heif_boxes.read_locations(boxes[b"iloc"]) if b"iloc" in boxes else {}
    if kinds.get(primary) == b"grid":
        tiles = heif_boxes.list_references(b"dimg", primary, boxes.get(b"iref", b""))
        tile_sizes = [sizes.get(tile) or (0, 0) for tile in tiles]
        _check_grid(_read_data(reader, boxes, locations.get(primary), 12), tile_sizes, size)
    # What is decoded comes first: any number of other items may be listed before it.
    coded = [item for item in dict.fromkeys((primary, *tiles, *kinds)) if kinds.get(item) == b"av01"]
    for item in coded[:MAX_AV1_ITEMS]:
        data = _read_data(reader, boxes, locations.get(item), SEQUENCE_HEADER_BYTES)
        _check_size(read_av1_size(data), sizes[item] or size)
    # Many items may share one configuration.
    item_sizes: dict[bytes, set[tuple[int, int]]] = {}
    for item in kinds:
        for kind, body in properties.get(item, []):
            if kind == b"hvcC":
                item_sizes.setdefault(body, set()).add(sizes[item] or size)
    for configuration, stated in item_sizes.items():
        contained = read_hevc_size(configuration)
        for one in stated:
            _check_size(contained, one)


def _read_data(reader: BoundedReader, boxes: dict[bytes, bytes], data: ItemData | None, length: int) -> bytes:
    """The beginning of an item's data; empty when it is in an unusual place."""
    if data is None:
        return b""
    # A length of zero means up to the end.
    if data.in_idat:
        return boxes.get(b"idat", b"")[data.offset :][: data.length or None][:length]
    return reader.read_at(data.offset, min(length, data.length or reader.size - data.offset))


def _check_size(coded: tuple[int, int] | None, size: tuple[int, int]) -> None:
    if coded and (coded[0] > size[0] + MAX_PADDING or coded[1] > size[1] + MAX_PADDING):
        raise ImageTooLarge(
            f"this file has {size[0]} × {size[1]} px and contains a picture of {coded[0]} × {coded[1]} px"
        )


def _check_grid(grid: bytes, tile_sizes: list[tuple[int, int]], size: tuple[int, int]) -> None:
    """Rows, columns and size of a picture in tiles (ISO/IEC 23008-12, 6.6.2.3)."""
    if len(grid) < 8:
        raise UnreadableImage("this HEIF file does not say how its tiles are arranged")
    number_size = 4 if grid[1] & 1 else 2
    output = int.from_bytes(grid[4 : 4 + number_size]), int.from_bytes(grid[4 + number_size : 4 + 2 * number_size])
    tiles = (grid[2] + 1) * (grid[3] + 1)
    if output[0] > size[0] or output[1] > size[1] or tiles != len(tile_sizes):
        raise UnreadableImage("this HEIF file contradicts itself about its tiles")
    if sum(width * height for width, height in tile_sizes) > 2 * size[0] * size[1] + MAX_SPARE_PIXELS:
        raise ImageTooLarge(f"this file has {size[0]} × {size[1]} px and contains much larger tiles")
