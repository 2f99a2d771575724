"""The warm decoder process compared with decoding in the worker; run: python -m tests.performance.decoder_process.

Both sides prepare the same files in turn, in this process and through the decoder process. The difference is what it
costs to pass the file and the image. The start of the process is paid once for each worker, at its first image.
"""

import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
from rekbridge_lambda.imaging import bmp_to_jpeg, reencode
from rekbridge_lambda.imaging.decoder_process import DecoderProcess

LIMITS = ImageLimits(bytes=5_242_880, min_side=80, max_side=10_000)
GOAL_MS = 5.0
# Name, format, sides.
CASES = [
    ("WebP of 0.02 MP", "webp", (160, 120)),
    ("PNG of 2 MP", "png", (1600, 1200)),
    ("BMP of 12 MP", "bmp", (4000, 3000)),
]


def main() -> None:
    """Make the files, measure and print the table."""
    parser = ArgumentParser("python -m tests.performance.decoder_process", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help="once each: seconds, and no figures")
    repeats = 1 if parser.parse_args().smallest else 25
    decoder = DecoderProcess()
    print("median milliseconds; baseline: the same code in the worker's own process")
    print(f"{'case':20}{'baseline':>10}{'rekbridge':>11}{'more':>8}{'ratio':>8}{'goal, more':>12}{'image, KB':>11}")
    with TemporaryDirectory() as folder:
        for name, image_format, sides in CASES:
            path = Path(folder, image_format)
            Image.effect_noise(sides, 20).convert("RGB").save(path, image_format)
            print_case(name, path, ImageHeader(image_format, *sides), decoder, repeats)  # type: ignore[arg-type]
        starts = [
            measure_ms(lambda: start_and_stop(path, ImageHeader("bmp", *CASES[-1][2]))) for _ in range(min(repeats, 5))
        ]
        print(f"start of the process, with one image: {statistics.median(starts):.0f} ms")


def print_case(name: str, path: Path, header: ImageHeader, decoder: DecoderProcess, repeats: int) -> None:
    """Measure one file on both sides."""
    with path.open("rb") as file:

        def prepare_here() -> bytes:
            prepared = bmp_to_jpeg.convert_bmp(file, header, LIMITS) or reencode.reencode(file, header, LIMITS)
            return prepared.body

        def prepare_there() -> bytes:
            return decoder.decode(file, header, LIMITS).body

        if (body := prepare_here()) != prepare_there():
            sys.exit(f"{name}: the decoder process has made another image")
        pairs = [(measure_ms(prepare_here), measure_ms(prepare_there)) for _ in range(repeats)]
    here, there = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    more = statistics.median(pair[1] - pair[0] for pair in pairs)
    print(f"{name:20}{here:10.2f}{there:11.2f}{more:8.2f}{there / here:8.2f}{GOAL_MS:12.1f}{len(body) / 1000:11.0f}")


def start_and_stop(path: Path, header: ImageHeader) -> None:
    """Decode one image in a new process."""
    decoder = DecoderProcess()
    with path.open("rb") as file:
        decoder.decode(file, header, LIMITS)
    decoder.stop()


def measure_ms(function: Callable[[], object]) -> float:
    """How long one call takes."""
    started_at = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - started_at)


if __name__ == "__main__":
    main()
