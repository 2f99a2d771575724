"""The HTTP side: Rekognition on `/`, `/health`, and the control endpoint where it is wanted."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine import control, protocol
from engine.calls import Call, CallLog
from engine.errors import Abandoned, Dropped, ServiceError
from engine.faults import Faults
from engine.pool import Pool
from engine.service import Service

log = logging.getLogger(__name__)

# Two images of 5 MB in base64, and room for the rest of the request.
_MOST_BODY = 16 * 1024 * 1024
_DROP = "rekbridge.drop"


def application(service: Service, pool: Pool, calls: CallLog, faults: Faults, controlled: bool) -> Starlette:
    """The application. Its workers live as long as it does."""

    async def rekognition(request: Request) -> Response:
        return await _respond(service, calls, request)

    async def health(_request: Request) -> Response:
        return _health(pool)

    @asynccontextmanager
    async def workers(_app: Starlette) -> AsyncIterator[None]:
        pool.start()
        yield
        pool.stop()

    routes = [Route("/", rekognition, methods=["POST"]), Route("/health", health)]
    if controlled:
        routes += control.routes(calls, faults, service.quotas)
    return Starlette(routes=routes, lifespan=workers)


def droppable(**settings: Any) -> Any:
    """Uvicorn's HTTP protocol whose requests carry a way to end the connection without an answer."""
    http = HttpToolsProtocol(**settings)
    app = http.app

    async def with_drop(scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"] = {_DROP: http.transport.abort}
        await app(scope, receive, send)

    http.app = with_drop
    return http


async def _respond(service: Service, calls: CallLog, request: Request) -> Response:
    call = Call()
    try:
        answer = await service.answer(request.headers, await _body(request), call, request.is_disconnected)
    except ServiceError as error:
        calls.add(call, error.code)
        return _response(error.status, error.body, call)
    except Dropped:
        calls.add(call, "ConnectionDropped")
        return await _drop(request)
    except Abandoned:
        calls.add(call, "Abandoned")
        return Response()
    except Exception:
        log.exception("a bug in answering %s", call.operation)
        calls.add(call, "InternalServerError")
        bug = ServiceError("InternalServerError", "Internal server error")
        return _response(bug.status, bug.body, call)
    calls.add(call, "ok")
    return _response(200, answer, call)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST_BODY:
            raise ServiceError("RequestEntityTooLargeException", "Request is too large")
        parts.append(part)
    return b"".join(parts)


def _response(status: int, body: dict[str, Any], call: Call) -> Response:
    headers = {"x-amzn-requestid": call.id}
    if status != 200:
        headers["x-amzn-errortype"] = body["__type"]
    return Response(json.dumps(body), status, headers, protocol.CONTENT_TYPE)


async def _drop(request: Request) -> Response:
    drop: Callable[[], None] = request.scope["extensions"][_DROP]
    drop()
    # Uvicorn would put a 500 on the line if we came back before it noticed.
    receive: Callable[[], Awaitable[Any]] = request.receive
    await receive()
    return Response()


def _health(pool: Pool) -> Response:
    if pool.failure:
        return JSONResponse({"status": "failed", "why": pool.failure}, 503)
    # One worker answers; the others are on their way.
    status = "ok" if pool.ready else "starting"
    return JSONResponse({"status": status, "workers": pool.ready}, 200 if pool.ready else 503)
