"""A Lambda at work in a process of its own; run: python _invoked.py <folder> <module> <port> <events.

AWS's host names lead to this machine, so that botocore resolves endpoints as it does there. One event is a cold start,
counted from outside. Of more, each one's processor time is printed: all of it, and botocore's, in nanoseconds.
"""

import importlib
import json
import socket
import sys
from time import thread_time_ns
from typing import Any


class Context:
    """What Lambda hands a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """As much as the longest call needs."""
        return 60_000


class Watch:
    """The time that methods take."""

    def __init__(self) -> None:
        self.taken = 0

    def over(self, owner: Any, name: str) -> None:
        """Time a method from now on."""
        method = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            began = thread_time_ns()
            try:
                return method(*given, **named)
            finally:
                self.taken += thread_time_ns() - began

        setattr(owner, name, timed)


def here(*_: Any, **__: Any) -> list[Any]:
    """The address of every host."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(sys.argv[3])))]


def work(event: Any) -> None:
    """Do one message; the process ends where it is not done."""
    answer = handler(event, Context())
    if answer != {"batchItemFailures": []}:
        sys.exit(f"not done: {answer}")


vars(socket)["getaddrinfo"] = here
sys.path.insert(0, sys.argv[1])
handler = importlib.import_module(sys.argv[2]).handler
first, *more = json.load(sys.stdin)
work(first)
if more:
    watch = Watch()
    watch.over(importlib.import_module("botocore.client").BaseClient, "_make_api_call")
    watch.over(importlib.import_module("botocore.response").StreamingBody, "read")
for event in more:
    began, before = thread_time_ns(), watch.taken
    work(event)
    print("took", thread_time_ns() - began, watch.taken - before)
