"""Metrics as lines of the log (AWS: CloudWatch embedded metric format), without a library or a call."""

import json
import time

NAMESPACE = "Rekbridge"


def emit_count(name: str, value: int, **dimensions: str) -> None:
    """Add to a metric: print a line, which CloudWatch reads from the log."""
    directive = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": "Count"}]}
    aws = {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": aws, name: value, **dimensions}, separators=(",", ":")))
