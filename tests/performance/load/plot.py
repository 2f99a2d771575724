"""A run as a plot: images sent and calls answered each second, and the latency of each image."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.performance.load.call_counts import MINUTE, CallCount
from tests.performance.load.run import LoadRun
from tests.performance.load.samples import DONE

# A point of a curve is the mean of so many seconds.
WINDOW_S = 5


def draw_run(run: LoadRun, file: Path, title: str) -> None:
    """Write the plot of a run to a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    started_at = run.samples[0].at
    figure, (rates, latencies) = pyplot.subplots(2, 1, figsize=(9, 6), sharex=True, layout="constrained")
    rates.set(title=title, ylabel="a second")
    rates.plot(*compute_rates(sample.at - started_at for sample in run.samples), color="grey", label="images sent")
    for region in sorted({call.region for call in run.calls}):
        answered = [call for call in run.calls if call.region == region and call.outcome == DONE]
        rates.plot(*compute_rates(spread_calls(answered, started_at)), label=f"answered in {region}")
    failed = [*spread_calls((call for call in run.calls if call.outcome != DONE), started_at)]
    if failed:
        rates.plot(*compute_rates(failed), ":", color="red", label="throttled, or another error")
    rates.set_ylim(0, None)
    rates.grid(alpha=0.3)
    rates.legend()
    done = [sample for sample in run.samples if sample.outcome == DONE]
    sent_at, seconds = [sample.at - started_at for sample in done], [sample.ms / 1000 for sample in done]
    latencies.plot(sent_at, seconds, ".", markersize=2)
    latencies.set(ylabel="seconds to the result", xlabel="sent at, seconds", ylim=(0, None))
    latencies.grid(alpha=0.3)
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def spread_calls(calls: Iterable[CallCount], started_at: float) -> Iterator[float]:
    """Seconds since the start of every call; calls that were counted by the minute are spread over it."""
    for call in calls:
        for number in range(call.count):
            yield call.at - started_at + number * MINUTE / call.count


def compute_rates(times: Iterable[float]) -> tuple[list[float], list[float]]:
    """Middle and mean rate (a second) of each window."""
    counts = Counter(int(at // WINDOW_S) for at in times)
    windows = range(min(counts), max(counts) + 1) if counts else range(0)
    return [(window + 0.5) * WINDOW_S for window in windows], [counts[window] / WINDOW_S for window in windows]
