"""Routed results, told on the home event bus."""

import json
from typing import TYPE_CHECKING

from rekbridge_lambda.adapters.aws import translated
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.results import Result

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


class EventBus:
    """One event per result; `id` is the same whenever it is told again, for sinks to know it by."""

    def __init__(self, events: "EventBridgeClient", bus: str) -> None:
        self.events, self.bus = events, bus

    def announce(self, answered: Answered, result: Result) -> None:
        """Tell of a routed result. PutEvents answers 200 even then: raises Unavailable when it was not taken."""
        detail = {
            "id": f"{answered.run}/{answered.operation}",
            "run": answered.run,
            "image": answered.image,
            "operation": answered.operation,
            "status": result.status,
            "result": answered.result,
            "code": result.code,
        }
        entry = {
            "Source": "rekbridge",
            "DetailType": "Image analysed",
            "EventBusName": self.bus,
            "Detail": json.dumps(detail),
        }
        with translated():
            answer = self.events.put_events(Entries=[entry])  # type: ignore[list-item]
        if answer["FailedEntryCount"]:
            raise Unavailable(f"the event bus did not take it: {answer['Entries'][0]}")
