"""What became of each image, as its sender saw it: one line of JSON each, written when the image has ended."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

DONE, THROTTLED = "done", "throttled"


@dataclass(frozen=True, slots=True)
class ImageSample:
    """One image: sent at (seconds since 1970), latency in milliseconds, outcome, and region of the result."""

    at: float
    ms: float
    outcome: str
    region: str = ""

    def to_line(self) -> str:
        """The sample as a line of the file."""
        return f"{json.dumps(asdict(self))}\n"


def read_samples(file: Path) -> list[ImageSample]:
    """All samples in the order in which their images were sent; none if the file does not exist."""
    lines = file.read_text().splitlines() if file.exists() else []
    return sorted((ImageSample(**json.loads(line)) for line in lines), key=lambda sample: sample.at)


def compute_sending_s(samples: Iterable[ImageSample]) -> float:
    """Seconds from the first image sent to the last."""
    times = [sample.at for sample in samples]
    return max(times) - min(times) if times else 0.0
