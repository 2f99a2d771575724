"""X-Ray, whose SDK is in maintenance: behind one function, and loaded only for an invocation that is sampled."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def traced(name: str, trace: str) -> Iterator[None]:
    """A part of the trace with the AWS calls made in it; `trace` is X-Ray's header of this invocation."""
    if "Sampled=1" not in trace:
        yield
        return
    # Here, not above: it would add to every cold start, and most invocations are not sampled.
    from aws_xray_sdk.core import patch, xray_recorder  # type: ignore[import-untyped]

    patch(("botocore",))
    with xray_recorder.in_subsegment(name):
        yield
