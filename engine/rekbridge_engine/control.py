"""The control endpoint: scripted faults, quotas and the call log. For tests and demonstrations; off by default."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rekbridge_engine.call_log import CallLog
from rekbridge_engine.faults import Faults
from rekbridge_engine.quotas import QuotaEnforcer


def build_routes(calls: CallLog, faults: Faults, quotas: QuotaEnforcer) -> list[Any]:
    """Build the routes `/control/faults`, `/control/quotas` and `/control/calls`."""

    async def add_fault(request: Request) -> Response:
        try:
            faults.add(await request.json())
        except (ValueError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return Response(status_code=204)

    async def clear_faults(_request: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    async def set_quota(request: Request) -> Response:
        try:
            body = await request.json()
            quotas.set_quota(body.get("region", ""), body.get("operation", ""), body.get("tps", 0))
        except (ValueError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return Response(status_code=204)

    async def reset_quotas(_request: Request) -> Response:
        quotas.reset()
        return Response(status_code=204)

    async def list_calls(_request: Request) -> Response:
        return JSONResponse(calls.to_dicts())

    async def clear_calls(_request: Request) -> Response:
        calls.clear()
        return Response(status_code=204)

    return [
        Route("/control/faults", add_fault, methods=["POST"]),
        Route("/control/faults", clear_faults, methods=["DELETE"]),
        Route("/control/quotas", set_quota, methods=["POST"]),
        Route("/control/quotas", reset_quotas, methods=["DELETE"]),
        Route("/control/calls", list_calls, methods=["GET"]),
        Route("/control/calls", clear_calls, methods=["DELETE"]),
    ]
