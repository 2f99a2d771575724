"""X-Ray, whose SDK is in maintenance: behind one function, and loaded only for what is sampled."""

from collections.abc import Iterator
from contextlib import contextmanager

SAMPLED = "Sampled=1"


@contextmanager
def traced(name: str, invocation: str, message: str = "") -> Iterator[None]:
    """A part of the message's trace, or of the invocation's if that has none, with the AWS calls made in it.

    Both are X-Ray's headers. SQS keeps that of a call that sends as the message's AWSTraceHeader (AWS: SQS and X-Ray).
    """
    header = message if SAMPLED in message else invocation
    if SAMPLED not in header:
        yield
        return
    # Here, not above: it would add to every cold start, and most invocations are not sampled.
    from aws_xray_sdk.core import patch, xray_recorder  # type: ignore[import-untyped]
    from aws_xray_sdk.core.context import Context  # type: ignore[import-untyped]
    from aws_xray_sdk.core.models.facade_segment import FacadeSegment  # type: ignore[import-untyped]
    from aws_xray_sdk.core.models.trace_header import TraceHeader  # type: ignore[import-untyped]

    patch(("botocore",))
    sender = TraceHeader.from_header_str(header)
    segment = FacadeSegment("sender", sender.parent, sender.root, sampled=True)
    # The calls' lineage stays the invocation's: Lambda finds loops by it.
    segment.save_origin_trace_header(TraceHeader.from_header_str(invocation))
    # The SDK's own context for Lambda knows no trace but the invocation's.
    lambdas, xray_recorder.context = xray_recorder.context, Context()
    xray_recorder.set_trace_entity(segment)
    try:
        with xray_recorder.in_subsegment(name):
            yield
    finally:
        xray_recorder.context = lambdas
