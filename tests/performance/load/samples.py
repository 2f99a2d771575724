"""What became of each image, as its sender saw it; one line of JSON each, written while it happens."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

DONE, THROTTLED = "done", "throttled"


@dataclass(frozen=True, slots=True)
class Sample:
    """One image: sent at (seconds since 1970), answered after so many milliseconds, how, and from where."""

    at: float
    ms: float
    outcome: str
    region: str = ""

    def line(self) -> str:
        """As a line of the file."""
        return f"{json.dumps(asdict(self))}\n"


def read(file: Path) -> list[Sample]:
    """All of them, as they were sent."""
    lines = file.read_text().splitlines() if file.exists() else []
    return sorted((Sample(**json.loads(line)) for line in lines), key=lambda sample: sample.at)


def sent_for(samples: Iterable[Sample]) -> float:
    """Seconds from the first to the last image that was sent."""
    times = [sample.at for sample in samples]
    return max(times) - min(times) if times else 0.0
