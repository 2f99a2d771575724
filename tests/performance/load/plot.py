"""A run as a picture: what went in and out each second, and how long it took."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.performance.load.run import Ran
from tests.performance.load.samples import DONE
from tests.performance.load.seen import MINUTE, Seen

# Seconds that a point of the curves is the mean of.
OVER = 5


def plot(ran: Ran, into: Path, title: str) -> None:
    """Draw it into a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    began = ran.sent[0].at
    figure, (rates, waits) = pyplot.subplots(2, 1, figsize=(9, 6), sharex=True, layout="constrained")
    rates.set(title=title, ylabel="a second")
    rates.plot(*curve(one.at - began for one in ran.sent), color="grey", label="images sent")
    for region in sorted({one.region for one in ran.seen}):
        answered = [one for one in ran.seen if one.region == region and one.outcome == DONE]
        rates.plot(*curve(times(answered, began)), label=f"answered in {region}")
    refused = [*times((one for one in ran.seen if one.outcome != DONE), began)]
    if refused:
        rates.plot(*curve(refused), ":", color="red", label="throttled, or another error")
    rates.set_ylim(0, None)
    rates.grid(alpha=0.3)
    rates.legend()
    done = [one for one in ran.sent if one.outcome == DONE]
    waits.plot([one.at - began for one in done], [one.ms / 1000 for one in done], ".", markersize=2)
    waits.set(ylabel="seconds to the result", xlabel="sent at, seconds", ylim=(0, None))
    waits.grid(alpha=0.3)
    figure.savefig(into, dpi=110)
    pyplot.close(figure)


def times(seen: Iterable[Seen], began: float) -> Iterator[float]:
    """Seconds since the beginning of every call; those of a minute are told together, and spread over it here."""
    for one in seen:
        for number in range(one.count):
            yield one.at - began + number * MINUTE / one.count


def curve(times: Iterable[float]) -> tuple[list[float], list[float]]:
    """How many a second, in steps."""
    counts = Counter(int(at // OVER) for at in times)
    steps = range(min(counts), max(counts) + 1) if counts else range(0)
    return [(step + 0.5) * OVER for step in steps], [counts[step] / OVER for step in steps]
