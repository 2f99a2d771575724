"""The control endpoint: faults, quotas and the call log. For tests and demonstrations, off by default."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.calls import CallLog
from engine.faults import Faults
from engine.quotas import Quotas


def routes(calls: CallLog, faults: Faults, quotas: Quotas) -> list[Any]:
    """`/control/faults`, `/control/quotas` and `/control/calls`."""

    async def script(request: Request) -> Response:
        try:
            faults.script(await request.json())
        except (ValueError, AttributeError) as why:
            return JSONResponse({"error": str(why)}, 400)
        return Response(status_code=204)

    async def clear_faults(_request: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def give_quota(request: Request) -> Response:
        try:
            told = await request.json()
            quotas.give(told.get("region", ""), told.get("operation", ""), told.get("tps", 0))
        except (ValueError, AttributeError) as why:
            return JSONResponse({"error": str(why)}, 400)
        return Response(status_code=204)

    async def restore_quotas(_request: Request) -> Response:
        quotas.restore()
        return Response(status_code=204)

    async def show_calls(_request: Request) -> Response:
        return JSONResponse(calls.rows())

    async def clear_calls(_request: Request) -> Response:
        calls.clear()
        return Response(status_code=204)

    return [
        Route("/control/faults", script, methods=["POST"]),
        Route("/control/faults", clear_faults, methods=["DELETE"]),
        Route("/control/quotas", give_quota, methods=["POST"]),
        Route("/control/quotas", restore_quotas, methods=["DELETE"]),
        Route("/control/calls", show_calls, methods=["GET"]),
        Route("/control/calls", clear_calls, methods=["DELETE"]),
    ]
