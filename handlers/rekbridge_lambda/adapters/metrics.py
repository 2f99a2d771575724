"""Metrics as lines of the log (AWS: CloudWatch embedded metric format); no library, no call."""

import json
import time

NAMESPACE = "Rekbridge"


def count(name: str, value: int, **dimensions: str) -> None:
    """Add to a metric; a line, which CloudWatch reads out of the log."""
    about = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": "Count"}]}
    line = {"_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [about]}, name: value, **dimensions}
    print(json.dumps(line, separators=(",", ":")))
