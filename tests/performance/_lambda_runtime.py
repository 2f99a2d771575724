"""Runs a Lambda's handler in this process; run: python _lambda_runtime.py <folder> <module> <port> <events.

AWS's host names resolve to this machine, so that botocore resolves endpoints as it does in AWS. One event is a cold
start, which is measured from outside. With more events, each one after the first prints its processor time in
nanoseconds: in total, and inside botocore.
"""

import importlib
import json
import socket
import sys
from time import thread_time_ns
from typing import Any


class BenchmarkContext:
    """The context object that Lambda passes to a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """More than the longest call needs."""
        return 60_000


class MethodTimer:
    """Adds up the processor time (nanoseconds) of methods."""

    def __init__(self) -> None:
        self.total_ns = 0

    def wrap(self, owner: Any, name: str) -> None:
        """Replace a method by one that is timed."""
        method = getattr(owner, name)

        def call_timed(*arguments: Any, **options: Any) -> Any:
            started_at = thread_time_ns()
            try:
                return method(*arguments, **options)
            finally:
                self.total_ns += thread_time_ns() - started_at

        setattr(owner, name, call_timed)


def resolve_to_localhost(*_: Any, **__: Any) -> list[Any]:
    """Replacement of socket.getaddrinfo: every host is the server of this benchmark."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(sys.argv[3])))]


def process_event(event: Any) -> None:
    """Process one message; exit with an error if it fails."""
    response = handler(event, BenchmarkContext())
    if response != {"batchItemFailures": []}:
        sys.exit(f"the handler did not process its message: {response}")


vars(socket)["getaddrinfo"] = resolve_to_localhost
sys.path.insert(0, sys.argv[1])
handler = importlib.import_module(sys.argv[2]).handler
first_event, *more_events = json.load(sys.stdin)
process_event(first_event)
if more_events:
    botocore_timer = MethodTimer()
    botocore_timer.wrap(importlib.import_module("botocore.client").BaseClient, "_make_api_call")
    botocore_timer.wrap(importlib.import_module("botocore.response").StreamingBody, "read")
for event in more_events:
    started_at, botocore_before = thread_time_ns(), botocore_timer.total_ns
    process_event(event)
    print("took", thread_time_ns() - started_at, botocore_timer.total_ns - botocore_before)
