"""The context object that Lambda passes to a handler."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LambdaContext:
    """An invocation with this much time left."""

    remaining_ms: int

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms
