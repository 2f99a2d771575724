"""How much memory and time an image may use, from what its header claims. Measured figures: docs/decisions/0011."""

from rekbridge_lambda.domain.images import ImageFormat, ImageHeader, ImageLimits
from rekbridge_lambda.imaging.decoding.protocol import DecodingBudget
from rekbridge_lambda.imaging.dimensions import fit_within

MB = 1_000_000
MIN_MEMORY_BYTES = 96 * MB
# The most that was measured is 20 (WebP with alpha). 60 megapixels then fit into a Lambda of 1769 MB.
MEMORY_BYTES_PER_PIXEL = 22
MAX_MEMORY_BYTES = 1400 * MB

MIN_CPU_S = 0.5
# Seconds per megapixel. A JPEG needs a third of the others; its scans are counted before (formats/jpeg_segments.py).
CPU_S_PER_MEGAPIXEL: dict[ImageFormat, float] = {"jpeg": 0.05}
OTHER_CPU_S_PER_MEGAPIXEL = 0.15
# Noise costs more than a blue sky, when it is decoded and when it is encoded, and its file is larger.
CPU_S_PER_MEGABYTE = 0.4
MAX_CPU_S = 15.0

# Other processes may slow this one down; API Gateway waits for 29 seconds.
MIN_WALL_S = 8.0
WALL_S_PER_CPU_S = 5
MAX_WALL_S = 24.0


def compute_budget(header: ImageHeader, limits: ImageLimits, file_bytes: int) -> DecodingBudget:
    """The budget of one image: a small image gets a small one. Raises ImageTooSmall."""
    width, height = fit_within(header.width, header.height, limits)
    pixels = max(header.width * header.height, width * height)
    cpu_s = (
        MIN_CPU_S
        + pixels / 1e6 * CPU_S_PER_MEGAPIXEL.get(header.format, OTHER_CPU_S_PER_MEGAPIXEL)
        + file_bytes / MB * CPU_S_PER_MEGABYTE
    )
    cpu_s = min(cpu_s, MAX_CPU_S)
    return DecodingBudget(
        memory_bytes=min(MIN_MEMORY_BYTES + pixels * MEMORY_BYTES_PER_PIXEL, MAX_MEMORY_BYTES),
        cpu_s=cpu_s,
        wall_s=min(MIN_WALL_S + cpu_s * WALL_S_PER_CPU_S, MAX_WALL_S),
    )
