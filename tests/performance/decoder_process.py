"""The warm decoder process compared with decoding in the worker; run: python -m tests.performance.decoder_process.

Both sides prepare the same files in turn, in this process and through the decoder process. The difference is what it
costs to pass the file and the image: in time, for which the machine should be idle, and in processor time of both
processes. The start of the process is paid once for each worker, at its first image.
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
from rekbridge_lambda.imaging.decoding.process import DecoderProcess

from tests.process_usage import read_cpu_s

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
    print(f"{'':20}{'time':^37}{'processor time':^37}")
    print(
        f"{'case':20}"
        + 2 * f"{'baseline':>10}{'rekbridge':>11}{'ratio':>8}{'more':>8}"
        + f"{'goal, more':>12}{'KB':>7}"
    )
    with TemporaryDirectory() as folder:
        for name, image_format, sides in CASES:
            path = Path(folder, image_format)
            Image.effect_noise(sides, 20).convert("RGB").save(path, image_format)
            print_case(name, path, ImageHeader(image_format, *sides), decoder, repeats)  # type: ignore[arg-type]
        header = ImageHeader("bmp", *CASES[-1][2])
        starts = [measure(lambda: start_and_stop(path, header), DecoderProcess()) for _ in range(min(repeats, 5))]
        elapsed, cpu = (statistics.median(start[figure] for start in starts) for figure in (0, 1))
        print(f"start of the process, with the last image: {elapsed:.0f} ms, {cpu:.0f} of the processor")


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
        pairs = [(measure(prepare_here, decoder), measure(prepare_there, decoder)) for _ in range(repeats)]
    print(f"{name:20}", end="")
    for figure in (0, 1):
        here, there = (statistics.median(pair[side][figure] for pair in pairs) for side in (0, 1))
        more = statistics.median(pair[1][figure] - pair[0][figure] for pair in pairs)
        print(f"{here:10.2f}{there:11.2f}{there / here:8.2f}{more:8.2f}", end="")
    print(f"{GOAL_MS:12.1f}{len(body) / 1000:7.0f}", flush=True)


def start_and_stop(path: Path, header: ImageHeader) -> None:
    """Decode one image in a new process."""
    decoder = DecoderProcess()
    with path.open("rb") as file:
        decoder.decode(file, header, LIMITS)
    decoder.stop()


def measure(function: Callable[[], object], decoder: DecoderProcess) -> tuple[float, float]:
    """Milliseconds of one call, and of the processor."""
    started_at, cpu_s = time.perf_counter(), read_cpu_s(decoder)
    function()
    return 1000 * (time.perf_counter() - started_at), 1000 * (read_cpu_s(decoder) - cpu_s)


if __name__ == "__main__":
    main()
