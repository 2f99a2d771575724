"""Metrics as lines of the log (AWS: CloudWatch embedded metric format), without a library or a call."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "Rekbridge"


@dataclass(frozen=True, slots=True)
class EmbeddedMetrics:
    """The metrics of one deployment, which is the first dimension of each: another one in the account has its own."""

    deployment: str

    def emit_counts(self, counts: Mapping[str, int], **dimensions: str) -> None:
        """Add to metrics with the same dimensions: print a line, which CloudWatch reads from the log."""
        values = {"Deployment": self.deployment, **dimensions}
        units = [{"Name": name, "Unit": "Count"} for name in counts]
        directive = {"Namespace": NAMESPACE, "Dimensions": [list(values)], "Metrics": units}
        aws = {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [directive]}
        print(json.dumps({"_aws": aws, **counts, **values}, separators=(",", ":")))
