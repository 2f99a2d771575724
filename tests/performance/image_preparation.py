"""Image preparation compared with a plain conversion; run: python -m tests.performance.image_preparation.

The plain conversion is that of most examples: `Image.open(...).convert("RGB").save(..., "JPEG")`. Every case runs in
processes of its own, both sides in turn, so that neither warms the other's memory: CPU time is the median of their
medians, with that of the decoder process; memory is the sum of the peaks of both processes. Hashing, which INGEST does
while it downloads, is measured separately.
"""

import json
import random
import statistics
import subprocess
import sys
import zlib
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, ImagePrivacy
from rekbridge_lambda.imaging.formats.png_completeness import INFLATED_BYTES, READ_BYTES
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.imaging.rebuild import rebuild_image
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.process_usage import read_cpu_s, read_peak_memory_mb

BYTES_LIMITS = ImageLimits(bytes=5_242_880, min_side=80, max_side=10_000)
SCALING_LIMITS = ImageLimits(bytes=5_242_880, min_side=80, max_side=2000)

# Name, file, limits, and the goals for CPU and memory as ratios to the plain conversion.
CASES: list[tuple[str, str, ImageLimits, float | None, float | None]] = [
    ("JPEG (4:2:0), put together anew", "photo.jpg", BYTES_LIMITS, 0.02, None),
    ("JPEG (4:2:2), put together anew", "photo-422.jpg", BYTES_LIMITS, 0.02, None),
    ("JPEG (progressive), put together anew", "photo-progressive.jpg", BYTES_LIMITS, 0.02, None),
    ("JPEG (4:2:0), encoded again", "photo.jpg", BYTES_LIMITS, None, None),
    ("JPEG, scaled to 2,000 px", "photo.jpg", SCALING_LIMITS, 0.6, None),
    ("BMP, in its size", "photo.bmp", BYTES_LIMITS, 0.75, 0.8),
    ("BMP, scaled to 2,000 px", "photo.bmp", SCALING_LIMITS, 0.75, 0.8),
    ("TIFF (LZW), in its size", "photo.tiff", BYTES_LIMITS, None, None),
    ("PNG, in its size", "photo.png", BYTES_LIMITS, None, None),
    ("WebP, in its size", "photo.webp", BYTES_LIMITS, None, None),
]

# Whole PNGs are sent only by operations that accept so many bytes; others get a JPEG.
PNG_LIMITS = ImageLimits(bytes=100 * 1024 * 1024, min_side=80, max_side=10_000)
PNG_GOAL = 1.2
REENCODED = "encoded again"

type Subject = Literal["plain", "rekbridge", "hash", "rebuild-png", "inflate-png"]


@dataclass(frozen=True)
class Effort:
    """Size of the images in pixels, and how often each measurement is repeated.

    A fast function is called until `min_s` is over, because the noise of the machine does not shrink with it.
    """

    width: int
    height: int
    rounds: int
    repeats: int
    min_s: float


FULL = Effort(4000, 3000, rounds=3, repeats=7, min_s=0.2)
# Just large enough to be scaled.
SMALLEST = Effort(2100, 1575, rounds=1, repeats=1, min_s=0)


def main() -> None:
    """Make the images, measure every case and print the table."""
    parser = ArgumentParser("python -m tests.performance.image_preparation", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help="small images, once each: seconds, and no figures")
    effort = SMALLEST if parser.parse_args().smallest else FULL
    with TemporaryDirectory() as folder:
        run_module("make-images", folder, str(effort.width), str(effort.height))
        print(f"images of {effort.width} x {effort.height} pixels; plain: Pillow's open, convert, save as JPEG")
        print(f"{'':40}{'CPU, ms':^36}{'peak memory, MB':^36}")
        print(f"{'case':40}" + 2 * f"{'plain':>9}{'rekbridge':>11}{'ratio':>8}{'goal':>7}")
        for number, (name, file, _, cpu_goal, memory_goal) in enumerate(CASES):
            path = Path(folder, file)
            rounds = [
                (run_measurement("plain", path, number, effort), run_measurement("rekbridge", path, number, effort))
                for _ in range(effort.rounds)
            ]
            plain_cpu, cpu = (statistics.median(pair[side][0] for pair in rounds) for side in (0, 1))
            plain_memory, memory = (statistics.median(pair[side][1] for pair in rounds) for side in (0, 1))
            print(
                f"{name:40}{plain_cpu:9.1f}{cpu:11.2f}{cpu / plain_cpu:8.4f}{cpu_goal or '-':>7}"
                f"{plain_memory:9.0f}{memory:11.0f}{memory / plain_memory:8.2f}{memory_goal or '-':>7}",
                flush=True,
            )
        rebuild, inflate = (measure_png(subject, Path(folder, "photo.png"), effort) for subject in PNG_SUBJECTS)
        print(
            f"PNG put together anew: {rebuild:.1f} ms, zlib's inflation of its data alone: {inflate:.1f} ms, "
            f"ratio {rebuild / inflate:.2f}, goal {PNG_GOAL}"
        )
        for file in ("photo.jpg", "photo.bmp"):
            cpu, _ = run_measurement("hash", Path(folder, file), 0, effort)
            print(f"hashing {file} ({Path(folder, file).stat().st_size / 1e6:.1f} MB): {cpu:.1f} ms")


PNG_SUBJECTS: tuple[Subject, Subject] = ("rebuild-png", "inflate-png")


def measure_png(subject: Subject, path: Path, effort: Effort) -> float:
    """CPU milliseconds: the median of the rounds."""
    return statistics.median(run_measurement(subject, path, 0, effort)[0] for _ in range(effort.rounds))


def run_module(*arguments: str) -> bytes:
    """Run a step of this program in a process of its own; returns its output."""
    command = [sys.executable, "-m", "tests.performance.image_preparation", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def run_measurement(subject: Subject, path: Path, case: int, effort: Effort) -> tuple[float, float]:
    """CPU milliseconds and peak megabytes of one case, from a process of its own."""
    output = run_module("measure", subject, str(path), str(case), str(effort.repeats), str(effort.min_s))
    cpu, memory = json.loads(output)
    return cpu, memory


def measure(subject: str, path: Path, case: int, repeats: int, min_s: float) -> None:
    """Measure in this process, and print the result as JSON."""
    times: list[float] = []
    builders: dict[str, Callable[[Path, ImageLimits], Callable[[], object]]] = {
        "plain": build_plain_conversion,
        "rekbridge": partial(build_preparation, privacy="reencode" if REENCODED in CASES[case][0] else "headers"),
        "hash": build_hashing,
        "rebuild-png": build_png_rebuilding,
        "inflate-png": build_png_inflation,
    }
    function = builders[subject](path, CASES[case][2])
    while len(times) < repeats or sum(times) < min_s:
        start = read_cpu_s()
        function()
        times.append(read_cpu_s() - start)
    print(json.dumps((1000 * statistics.median(times), read_peak_memory_mb())))


def build_plain_conversion(path: Path, limits: ImageLimits) -> Callable[[], object]:
    """The conversion that the table compares with; it ignores the limits."""
    from PIL import Image

    def convert() -> None:
        with Image.open(path) as image:
            image.convert("RGB").save(BytesIO(), "JPEG")

    return convert


def build_preparation(path: Path, limits: ImageLimits, privacy: ImagePrivacy) -> Callable[[], object]:
    """The product's preparation with sniffing; ranges are read from the file as from S3."""

    def read_range(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def prepare() -> None:
        with path.open("rb") as file:
            PillowPreparer(privacy).prepare(file, sniff_image(read_range, path.stat().st_size), limits)

    return prepare


def build_png_rebuilding(path: Path, limits: ImageLimits) -> Callable[[], object]:
    """The product's PNG made of the same compressed pixels."""
    header = ImageHeader("png", 1, 1, native=True)

    def rebuild() -> None:
        with path.open("rb") as file:
            if rebuild_image(header, file, PNG_LIMITS) is None:
                raise AssertionError("this PNG has to be decoded")

    return rebuild


def build_png_inflation(path: Path, limits: ImageLimits) -> Callable[[], object]:
    """The least that finds the end of the compressed pixels: zlib, with the same bounded buffers, from memory."""
    body, chunks, at = path.read_bytes(), list[bytes](), 8
    while at < len(body):
        length = int.from_bytes(body[at : at + 4])
        if body[at + 4 : at + 8] == b"IDAT":
            chunks += [body[start : start + READ_BYTES] for start in range(at + 8, at + 8 + length, READ_BYTES)]
        at += 12 + length

    def inflate() -> None:
        inflater = zlib.decompressobj()
        for chunk in chunks:
            rest = chunk
            while rest:
                inflater.decompress(rest, INFLATED_BYTES)
                rest = inflater.unconsumed_tail

    return inflate


def build_hashing(path: Path, limits: ImageLimits) -> Callable[[], object]:
    """SHA-256 of the file."""
    return lambda: sha256(path.read_bytes()).digest()


def make_images(folder: Path, width: int, height: int) -> None:
    """Write one image in every format: layered noise, large shapes stronger than small ones, as in a photograph."""
    from PIL import Image

    rng, size = random.Random(1), (width, height)
    image = Image.new("RGB", size, "grey")
    for octave in range(1, 9):
        columns, rows = 4 * 2**octave, 3 * 2**octave
        layer = Image.frombytes("RGB", (columns, rows), rng.randbytes(3 * columns * rows))
        image = Image.blend(image, layer.resize(size, Image.Resampling.BICUBIC), 1 / (octave + 1))
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    image.save(folder / "photo.jpg", quality=92, exif=exif)
    image.save(folder / "photo-progressive.jpg", quality=92, progressive=True, exif=exif)
    image.save(folder / "photo-422.jpg", quality=92, subsampling="4:2:2", exif=exif)
    image.save(folder / "photo.bmp")
    image.save(folder / "photo.tiff", compression="tiff_lzw")
    image.save(folder / "photo.png", compress_level=1)
    image.save(folder / "photo.webp", quality=80, method=0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make-images", folder, width, height]:
            make_images(Path(folder), int(width), int(height))
        case ["measure", subject, path, case, repeats, min_s]:
            measure(subject, Path(path), int(case), int(repeats), float(min_s))
        case _:
            main()
