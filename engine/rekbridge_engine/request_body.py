"""Read the body of a request, up to a limit."""

from starlette.requests import Request

from rekbridge_engine.errors import ServiceError

# Two images of 5 MB in base64, and room for the rest of the request.
MAX_BODY_BYTES = 16 * 1024 * 1024


async def read_body(request: Request) -> bytes:
    """The body of a request. Raises RequestEntityTooLargeException over MAX_BODY_BYTES."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise ServiceError("RequestEntityTooLargeException", "Request is too large")
        parts.append(part)
    return b"".join(parts)
