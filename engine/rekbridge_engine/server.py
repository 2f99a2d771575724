"""The HTTP server: Rekognition on `/`, `/health`, and the control endpoint if it is enabled."""

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

from rekbridge_engine import control, protocol
from rekbridge_engine.call_log import CallLog, RecordedCall
from rekbridge_engine.errors import CallerDisconnected, ConnectionDropped, ServiceError
from rekbridge_engine.faults import Faults
from rekbridge_engine.origin_guard import OriginGuard, OriginPolicy
from rekbridge_engine.pool import WorkerPool
from rekbridge_engine.request_body import read_body
from rekbridge_engine.service import RekognitionService

log = logging.getLogger(__name__)

_DROP_CONNECTION = "rekbridge.drop_connection"


def build_app(
    service: RekognitionService,
    pool: WorkerPool,
    calls: CallLog,
    faults: Faults,
    with_control: bool,
    hosts: frozenset[str],
) -> OriginGuard:
    """Build the application. It starts the workers at its start and kills them at its end.

    `hosts` are the names by which it is called, beside the loopback ones. No web page may call it.
    """

    async def handle_rekognition(request: Request) -> Response:
        return await _respond(service, calls, request)

    async def report_health(_request: Request) -> Response:
        return _build_health_response(pool)

    @asynccontextmanager
    async def run_workers(_app: Starlette) -> AsyncIterator[None]:
        pool.start()
        yield
        pool.stop()

    routes = [Route("/", handle_rekognition, methods=["POST"]), Route("/health", report_health)]
    if with_control:
        routes += control.build_routes(calls, faults, service.quotas, service.orders)
    return OriginGuard(Starlette(routes=routes, lifespan=run_workers), OriginPolicy(hosts=hosts))


def create_http_protocol(**settings: Any) -> Any:
    """Create Uvicorn's HTTP protocol, extended so that a request can close its connection without a response."""
    http = HttpToolsProtocol(**settings)
    app = http.app

    async def add_drop_extension(scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"] = {_DROP_CONNECTION: http.transport.abort}
        await app(scope, receive, send)

    http.app = add_drop_extension
    return http


async def _respond(service: RekognitionService, calls: CallLog, request: Request) -> Response:
    call = RecordedCall()
    try:
        response = await service.handle_call(request.headers, await read_body(request), call, request.is_disconnected)
    except ServiceError as error:
        calls.add(call, error.code)
        return _build_response(error.status, error.body, call)
    except ConnectionDropped:
        calls.add(call, "ConnectionDropped")
        return await _drop_connection(request)
    except CallerDisconnected:
        calls.add(call, "Abandoned")
        return Response()
    except Exception:
        log.exception("call %s of %s in %s failed: this is a bug in the engine", call.id, call.operation, call.region)
        calls.add(call, "InternalServerError")
        internal = ServiceError("InternalServerError", "Internal server error")
        return _build_response(internal.status, internal.body, call)
    calls.add(call, "ok")
    return _build_response(200, response, call)


def _build_response(status: int, body: dict[str, Any], call: RecordedCall) -> Response:
    headers = {"x-amzn-requestid": call.id}
    if status != 200:
        headers["x-amzn-errortype"] = body["__type"]
    return Response(json.dumps(body), status, headers, protocol.CONTENT_TYPE)


async def _drop_connection(request: Request) -> Response:
    drop: Callable[[], None] = request.scope["extensions"][_DROP_CONNECTION]
    drop()
    # Wait until Uvicorn notices the closed connection. If we returned earlier, it would send a 500.
    receive: Callable[[], Awaitable[Any]] = request.receive
    await receive()
    return Response()


def _build_health_response(pool: WorkerPool) -> Response:
    if pool.failure:
        return JSONResponse({"status": "failed", "why": pool.failure}, 503)
    # Healthy with the first worker; the others are still loading.
    status = "ok" if pool.ready else "starting"
    return JSONResponse({"status": status, "workers": pool.ready}, 200 if pool.ready else 503)
