"""Image preparation against the naive convert; run: python -m tests.performance.image_preparation.

Naive is what most examples do: `Image.open(...).convert("RGB").save(..., "JPEG")`. Every case runs in processes of its
own, naive and ours in turn, so that neither warms the other's memory: CPU time is the median of their medians, memory
the peak of the whole process. Hashing, which INGEST does while it downloads, is measured apart.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits, sniff

# Short work is repeated more often, for the machine's noise is no shorter.
ROUNDS, REPEATS, LEAST_S = 3, 7, 0.2

BYTES_CLASS = Limits(bytes=5_242_880, min_side=80, max_side=10_000)
SCALED = Limits(bytes=5_242_880, min_side=80, max_side=2000)

# Name, file, limits, and the goals for CPU and memory as ratios to naive.
CASES: list[tuple[str, str, Limits, float | None, float | None]] = [
    ("JPEG 12 MP (4:2:0), metadata dropped", "photo.jpg", BYTES_CLASS, 0.01, None),
    ("JPEG 12 MP (4:2:2), metadata dropped", "photo-422.jpg", BYTES_CLASS, 0.01, None),
    ("JPEG 12 MP, scaled to 2,000 px", "photo.jpg", SCALED, 0.6, None),
    ("BMP 12 MP, in its size", "photo.bmp", BYTES_CLASS, 0.75, 0.8),
    ("BMP 12 MP, scaled to 2,000 px", "photo.bmp", SCALED, 0.75, 0.8),
    ("TIFF 12 MP (LZW), in its size", "photo.tiff", BYTES_CLASS, None, None),
    ("PNG 12 MP, in its size", "photo.png", BYTES_CLASS, None, None),
    ("WebP 12 MP, in its size", "photo.webp", BYTES_CLASS, None, None),
]


def main() -> None:
    """Make the pictures, measure every case and print the table."""
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", __spec__.name, "make", folder], check=True)
        print(f"{'':40}{'CPU, ms':^33}{'peak memory, MB':^32}")
        print(f"{'case':40}" + 2 * f"{'naive':>9}{'ours':>8}{'ratio':>8}{'goal':>7}")
        for number, (name, file, _, cpu_goal, memory_goal) in enumerate(CASES):
            path = Path(folder, file)
            rounds = [(measured("naive", path, number), measured("ours", path, number)) for _ in range(ROUNDS)]
            naive_cpu, cpu = (statistics.median(pair[side][0] for pair in rounds) for side in (0, 1))
            naive_memory, memory = (statistics.median(pair[side][1] for pair in rounds) for side in (0, 1))
            print(
                f"{name:40}{naive_cpu:9.1f}{cpu:8.2f}{cpu / naive_cpu:8.4f}{cpu_goal or '-':>7}"
                f"{naive_memory:9.0f}{memory:8.0f}{memory / naive_memory:8.2f}{memory_goal or '-':>7}"
            )
        for file in ("photo.jpg", "photo.bmp"):
            cpu, _ = measured("hash", Path(folder, file), 0)
            print(f"hashing {file} ({Path(folder, file).stat().st_size / 1e6:.1f} MB): {cpu:.1f} ms")


def measured(what: str, path: Path, case: int) -> tuple[float, float]:
    """CPU milliseconds and peak megabytes, from a process of its own."""
    command = [sys.executable, "-m", __spec__.name, what, str(path), str(case)]
    cpu, memory = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return cpu, memory


def run(what: str, path: Path, case: int) -> None:
    """One measurement, as JSON."""
    times: list[float] = []
    work = {"naive": naive, "ours": ours, "hash": hashed}[what](path, CASES[case][2])
    while len(times) < REPEATS or sum(times) < LEAST_S:
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    # Linux gives kilobytes.
    print(json.dumps((1000 * statistics.median(times), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))


def naive(path: Path, limits: Limits) -> Callable[[], object]:
    """What the table compares with; limits are not its concern."""
    from PIL import Image

    def convert() -> None:
        with Image.open(path) as image:
            image.convert("RGB").save(BytesIO(), "JPEG")

    return convert


def ours(path: Path, limits: Limits) -> Callable[[], object]:
    """Sniffing included; ranges come from the file, as from S3."""

    def read(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    return lambda: Pillow().prepare(path, sniff(read, path.stat().st_size), limits)


def hashed(path: Path, limits: Limits) -> Callable[[], object]:
    """SHA-256 of the file."""
    return lambda: sha256(path.read_bytes()).digest()


def make(folder: Path) -> None:
    """Twelve megapixels of layered noise, large shapes stronger than small ones, as in a photograph."""
    from PIL import Image

    dice, size = random.Random(1), (4000, 3000)
    image = Image.new("RGB", size, "grey")
    for octave in range(1, 9):
        width, height = 4 * 2**octave, 3 * 2**octave
        layer = Image.frombytes("RGB", (width, height), dice.randbytes(3 * width * height))
        image = Image.blend(image, layer.resize(size, Image.Resampling.BICUBIC), 1 / (octave + 1))
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    image.save(folder / "photo.jpg", quality=92, exif=exif)
    image.save(folder / "photo-422.jpg", quality=92, subsampling="4:2:2", exif=exif)
    image.save(folder / "photo.bmp")
    image.save(folder / "photo.tiff", compression="tiff_lzw")
    image.save(folder / "photo.png", compress_level=1)
    image.save(folder / "photo.webp", quality=80, method=0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder]:
            make(Path(folder))
        case [what, path, case]:
            run(what, Path(path), int(case))
        case _:
            main()
