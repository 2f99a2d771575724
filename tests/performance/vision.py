"""What the local Rekognition's analysis costs, beside an earlier one; run: python -m tests.performance.vision.

Processor time of one call on one thread, in a process like the engine's workers, after every model is loaded; and the
memory of that process after all operations on all photographs. Both engines get the same call in turn, each in the
environment of its own requirements. The photographs are those of tests/photos, once in their size and once enlarged.
"""

import statistics
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from rekbridge.support import paths

from tests.performance._vision_engines import CallCost, VisionProcess, extract_engine, run_vision

# The last engine with dlib, four labels and no moderation.
BEFORE = "a54295d"
PHOTOS = paths.ROOT / "tests" / "photos"
# The largest side that the engine analyses; a larger image is shrunk to it first.
LARGE_SIDE = 2000
REPEATS = 3


@dataclass(frozen=True)
class VisionCase:
    """An operation with its settings, and the photographs for it; two of them are compared."""

    name: str
    action: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[str, ...] = ()


WITHOUT_TEXT = {"Settings": {"GeneralLabels": {"LabelExclusionFilters": ["Text"]}}}
CASES = (
    VisionCase("decoding alone", "decode"),
    VisionCase("DetectLabels", "DetectLabels"),
    VisionCase("DetectLabels without Text", "DetectLabels", WITHOUT_TEXT),
    VisionCase("DetectFaces", "DetectFaces"),
    VisionCase("DetectFaces ALL", "DetectFaces", {"Attributes": ["ALL"]}),
    VisionCase("DetectFaces ALL, one face", "DetectFaces", {"Attributes": ["ALL"]}, ("admiral.jpg", "astronaut.jpg")),
    VisionCase("CompareFaces", "CompareFaces", photos=("astronaut.jpg",)),
    VisionCase("DetectModerationLabels", "DetectModerationLabels"),
    VisionCase("DetectProtectiveEquipment", "DetectProtectiveEquipment"),
    VisionCase("DetectText", "DetectText"),
)


def main() -> None:
    """Measure and print the tables."""
    parser = ArgumentParser("python -m tests.performance.vision", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help="one photograph, no earlier engine, and no figures")
    parser.add_argument("--before", default=BEFORE, help=f"git revision to compare with (default: {BEFORE})")
    options = parser.parse_args()
    engines = {"now": paths.ENGINE_FOLDER}
    if not options.smallest:
        engines = {"before": extract_engine(options.before)} | engines
    print(f"milliseconds of the processor per call, median; before: {options.before}; baseline: decoding with Pillow")
    with tempfile.TemporaryDirectory() as folder:
        large = [] if options.smallest else [(f"{LARGE_SIDE:,} pixels", enlarge_photos(Path(folder)))]
        for size, photos in [("photographs in their size", PHOTOS), *large]:
            print_table(size, photos, engines, 1 if options.smallest else REPEATS, options.smallest)
    if not options.smallest:
        print_first_calls(engines)


def print_table(size: str, photos: Path, engines: Mapping[str, Path], repeats: int, is_smallest: bool) -> None:
    """Measure every operation on both engines in turn."""
    print(f"\n{size:28}" + "".join(f"{name:>10}" for name in engines) + f"{'ratio':>8}{'× decoding':>12}")
    with ExitStack() as stack:
        processes = {name: stack.enter_context(run_vision(engine)) for name, engine in engines.items()}
        costs = dict[str, CallCost]()
        decoding_ms = 0.0
        for case in CASES:
            images_of_calls = list(list_images(case, photos, is_smallest))
            if not is_smallest:
                # The first call loads models.
                for process in processes.values():
                    run_case(process, case, images_of_calls[0])
            pairs = []
            for images in images_of_calls * repeats:
                costs = {name: run_case(process, case, images) for name, process in processes.items()}
                pairs.append([cost.cpu_ms for cost in costs.values()])
            medians = [statistics.median(pair[number] for pair in pairs) for number in range(len(engines))]
            ratio = statistics.median(pair[-1] / max(pair[0], 0.001) for pair in pairs)
            decoding_ms = decoding_ms or max(medians[-1], 0.1)
            print(
                f"{case.name:28}"
                + "".join(f"{median:10.1f}" for median in medians)
                + (f"{ratio:8.2f}" if len(engines) > 1 else f"{'':8}")
                + f"{medians[-1] / decoding_ms:12.1f}",
                flush=True,
            )
        print(f"{'RSS in MB':28}" + "".join(f"{cost.rss_mb:10.0f}" for cost in costs.values()))
        print(f"{'RSS in MB, peak':28}" + "".join(f"{cost.peak_mb:10.0f}" for cost in costs.values()))


def print_first_calls(engines: Mapping[str, Path]) -> None:
    """Measure the first call of each operation in a new process: imports and models included."""
    print(f"\n{'first call in a process':28}" + "".join(f"{name:>10}" for name in engines))
    for case in CASES[1:]:
        images = next(list_images(case, PHOTOS, True))
        print(f"{case.name:28}", end="")
        for engine in engines.values():
            with run_vision(engine) as process:
                print(f"{run_case(process, case, images).cpu_ms:10.0f}", end="", flush=True)
        print()


def run_case(process: VisionProcess, case: VisionCase, images: list[Path]) -> CallCost:
    """Run one call of a case."""
    return process.call(case.action, images, dict(case.settings))


def list_images(case: VisionCase, photos: Path, is_smallest: bool) -> Iterator[list[Path]]:
    """The images of each call of a case."""
    names = case.photos or [file.name for file in sorted(PHOTOS.iterdir()) if file.suffix in {".jpg", ".png"}]
    for name in ("astronaut.jpg",) if is_smallest else names:
        yield [photos / name] * (2 if case.action == "CompareFaces" else 1)


def enlarge_photos(folder: Path) -> Path:
    """Write every photograph with its longer side enlarged to LARGE_SIDE."""
    for file in PHOTOS.iterdir():
        if file.suffix in {".jpg", ".png"}:
            with Image.open(file) as image:
                scale = LARGE_SIDE / max(image.size)
                size = round(image.width * scale), round(image.height * scale)
                image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(folder / file.name, quality=90)
    return folder


if __name__ == "__main__":
    main()
