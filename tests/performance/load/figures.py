"""What a run comes to."""

from collections import Counter
from dataclasses import dataclass
from statistics import quantiles

from tests.performance.load.run import Ran
from tests.performance.load.samples import DONE, THROTTLED, sent_for


@dataclass(frozen=True)
class Figures:
    """Of one run; latencies in milliseconds, of what was done."""

    ran: Ran

    @property
    def offered(self) -> float:
        """Images a second that were sent."""
        return len(self.ran.sent) / max(1.0, sent_for(self.ran.sent))

    @property
    def done(self) -> int:
        """Images with their results."""
        return self.outcomes[DONE]

    @property
    def throughput(self) -> float:
        """Images done a second, from the first one sent to the last one done."""
        ends = [one.at + one.ms / 1000 for one in self.ran.sent if one.outcome == DONE]
        return len(ends) / max(1.0, max(ends) - self.ran.sent[0].at) if ends else 0.0

    @property
    def outcomes(self) -> Counter[str]:
        """Images by what their sender was told."""
        return Counter(one.outcome for one in self.ran.sent)

    @property
    def throttled(self) -> int:
        """Images whose sender was told to come again later."""
        return self.outcomes[THROTTLED]

    @property
    def errors(self) -> Counter[str]:
        """Everything else that a sender was told."""
        return Counter({told: count for told, count in self.outcomes.items() if told not in {DONE, THROTTLED}})

    @property
    def percentiles(self) -> tuple[float, float, float]:
        """p50, p95 and p99."""
        taken = [one.ms for one in self.ran.sent if one.outcome == DONE]
        if len(taken) < 2:
            return (taken or [float("nan")])[0], float("nan"), float("nan")
        cuts = quantiles(taken, n=100, method="inclusive")
        return cuts[49], cuts[94], cuts[98]

    @property
    def calls(self) -> Counter[str]:
        """Rekognition's calls by what it answered."""
        calls = Counter[str]()
        for seen in self.ran.seen:
            calls[seen.outcome] += seen.count
        return calls

    @property
    def by_region(self) -> Counter[str]:
        """Rekognition's answered calls by region."""
        regions = Counter[str]()
        for seen in self.ran.seen:
            regions[seen.region] += seen.count if seen.outcome == DONE else 0
        return regions

    @property
    def shares(self) -> dict[str, float]:
        """Of all that was answered, by region."""
        whole = max(1, self.by_region.total())
        return {region: count / whole for region, count in sorted(self.by_region.items())}
