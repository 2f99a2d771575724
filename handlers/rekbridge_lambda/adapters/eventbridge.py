"""Routed results as events on the home event bus; docs/events.md has their schema."""

import json
from typing import TYPE_CHECKING

from rekbridge_lambda.adapters.aws import map_aws_errors
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "rekbridge"
DETAIL_TYPE = "Analysis Finished"


class EventBridgePublisher:
    """One event per result. A repeated event has the same `id`, so that sinks can deduplicate."""

    def __init__(self, events: "EventBridgeClient", bus: str) -> None:
        self.events, self.bus = events, bus

    def publish(self, run: Run, finished: AnalysisFinished, result: Result) -> None:
        """Publish a routed result. Raises Unavailable when it was not accepted: PutEvents answers 200 even then."""
        detail = {
            "id": f"{run.id}/{finished.operation}",
            "run_id": run.id,
            "image_id": run.image_id,
            "operation": finished.operation,
            "status": result.status,
            "result_key": finished.result_key,
            "code": result.code,
        }
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "EventBusName": self.bus,
            "Detail": json.dumps(detail),
        }
        with map_aws_errors():
            response = self.events.put_events(Entries=[entry])  # type: ignore[list-item]
        if response["FailedEntryCount"]:
            raise Unavailable(f"the event bus did not accept the event: {response['Entries'][0].get('ErrorCode')}")
