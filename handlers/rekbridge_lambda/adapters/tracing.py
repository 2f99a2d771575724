"""X-Ray tracing. Its SDK is in maintenance mode, so it is used in one place, and loaded only for sampled traces."""

from collections.abc import Iterator
from contextlib import contextmanager

from rekbridge_lambda.adapters.trace_filter import install_filter

SAMPLED = "Sampled=1"


@contextmanager
def trace_segment(name: str, invocation: str, message: str = "") -> Iterator[None]:
    """Record a subsegment, with the AWS calls in it, in the trace of the message, or else of the invocation.

    Both arguments are X-Ray headers. SQS keeps the header of the sending call as the message's AWSTraceHeader (AWS: SQS
    and X-Ray).
    """
    header = message if SAMPLED in message else invocation
    if SAMPLED not in header:
        yield
        return
    # Imported here, because most invocations are not sampled and the import would slow every cold start.
    from aws_xray_sdk.core import patch, xray_recorder  # type: ignore[import-untyped]
    from aws_xray_sdk.core.context import Context  # type: ignore[import-untyped]
    from aws_xray_sdk.core.models.facade_segment import FacadeSegment  # type: ignore[import-untyped]
    from aws_xray_sdk.core.models.trace_header import TraceHeader  # type: ignore[import-untyped]

    install_filter(xray_recorder)
    patch(("botocore",))
    trace_header = TraceHeader.from_header_str(header)
    segment = FacadeSegment("sender", trace_header.parent, trace_header.root, sampled=True)
    # The lineage of the calls stays that of the invocation: Lambda uses it to detect loops.
    segment.save_origin_trace_header(TraceHeader.from_header_str(invocation))
    # The SDK's own context for Lambda only knows the trace of the invocation.
    lambda_context, xray_recorder.context = xray_recorder.context, Context()
    xray_recorder.set_trace_entity(segment)
    try:
        with xray_recorder.in_subsegment(name):
            yield
    finally:
        xray_recorder.context = lambda_context
