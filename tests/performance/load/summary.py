"""The figures of a run."""

from collections import Counter
from dataclasses import dataclass
from statistics import quantiles

from tests.performance.load.run import LoadRun
from tests.performance.load.samples import DONE, THROTTLED, compute_sending_s


@dataclass(frozen=True)
class LoadSummary:
    """Figures of one run; latencies are milliseconds of the images that are done."""

    run: LoadRun

    @property
    def sent_rate(self) -> float:
        """Images a second that were sent."""
        return len(self.run.samples) / max(1.0, compute_sending_s(self.run.samples))

    @property
    def done_count(self) -> int:
        """Images with their results."""
        return self.outcomes[DONE]

    @property
    def throughput(self) -> float:
        """Images done a second, from the first one sent to the last one done."""
        ends = [sample.at + sample.ms / 1000 for sample in self.run.samples if sample.outcome == DONE]
        return len(ends) / max(1.0, max(ends) - self.run.samples[0].at) if ends else 0.0

    @property
    def outcomes(self) -> Counter[str]:
        """Images by the outcome that their senders saw."""
        return Counter(sample.outcome for sample in self.run.samples)

    @property
    def throttled_count(self) -> int:
        """Images whose senders got 429."""
        return self.outcomes[THROTTLED]

    @property
    def errors(self) -> Counter[str]:
        """Images by every other outcome."""
        return Counter({outcome: count for outcome, count in self.outcomes.items() if outcome not in {DONE, THROTTLED}})

    @property
    def percentiles(self) -> tuple[float, float, float]:
        """p50, p95 and p99 of the latency."""
        latencies = [sample.ms for sample in self.run.samples if sample.outcome == DONE]
        if len(latencies) < 2:
            return (latencies or [float("nan")])[0], float("nan"), float("nan")
        cuts = quantiles(latencies, n=100, method="inclusive")
        return cuts[49], cuts[94], cuts[98]

    @property
    def calls(self) -> Counter[str]:
        """Rekognition's calls by outcome."""
        calls = Counter[str]()
        for call in self.run.calls:
            calls[call.outcome] += call.count
        return calls

    @property
    def answered_by_region(self) -> Counter[str]:
        """Rekognition's answered calls by region."""
        regions = Counter[str]()
        for call in self.run.calls:
            regions[call.region] += call.count if call.outcome == DONE else 0
        return regions

    @property
    def shares(self) -> dict[str, float]:
        """Each region's share of the answered calls."""
        total = max(1, self.answered_by_region.total())
        return {region: count / total for region, count in sorted(self.answered_by_region.items())}
