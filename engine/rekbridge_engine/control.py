"""The control endpoint: ordered answers, scripted faults, quotas and the call log.

For tests and demonstrations; off by default. What is ordered is kept in memory and ends with the engine.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rekbridge_engine import control_scripts
from rekbridge_engine.answers import AnswerOrders
from rekbridge_engine.call_log import CallLog
from rekbridge_engine.errors import ServiceError
from rekbridge_engine.faults import Faults
from rekbridge_engine.quotas import QuotaEnforcer
from rekbridge_engine.request_body import read_body


def build_routes(calls: CallLog, faults: Faults, quotas: QuotaEnforcer, orders: AnswerOrders) -> list[Any]:
    """Build the routes `/control/answers`, `/control/faults`, `/control/quotas` and `/control/calls`."""

    async def add_answer(request: Request) -> Response:
        return await _run_script(request, orders.add)

    async def list_answers(_request: Request) -> Response:
        return JSONResponse(orders.to_dicts())

    async def take_back_answer(request: Request) -> Response:
        number = request.path_params["number"]
        if orders.take_back(number):
            return Response(status_code=204)
        return JSONResponse({"error": f"there is no ordered answer {number}"}, 404)

    async def clear_answers(_request: Request) -> Response:
        orders.clear()
        return Response(status_code=204)

    async def add_fault(request: Request) -> Response:
        return await _run_script(request, faults.add)

    async def clear_faults(_request: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    def apply_quota(script: dict[str, Any]) -> None:
        control_scripts.check_keys(script, ("region", "operation", "tps"))
        control_scripts.check_texts(script, ("region", "operation"))
        quotas.set_quota(script.get("region") or "", script.get("operation") or "", script.get("tps", 0))

    async def set_quota(request: Request) -> Response:
        return await _run_script(request, apply_quota)

    async def reset_quotas(_request: Request) -> Response:
        quotas.reset()
        return Response(status_code=204)

    async def list_calls(_request: Request) -> Response:
        return JSONResponse(calls.to_dicts())

    async def clear_calls(_request: Request) -> Response:
        calls.clear()
        return Response(status_code=204)

    return [
        Route("/control/answers", add_answer, methods=["POST"]),
        Route("/control/answers", list_answers, methods=["GET"]),
        Route("/control/answers", clear_answers, methods=["DELETE"]),
        Route("/control/answers/{number:int}", take_back_answer, methods=["DELETE"]),
        Route("/control/faults", add_fault, methods=["POST"]),
        Route("/control/faults", clear_faults, methods=["DELETE"]),
        Route("/control/quotas", set_quota, methods=["POST"]),
        Route("/control/quotas", reset_quotas, methods=["DELETE"]),
        Route("/control/calls", list_calls, methods=["GET"]),
        Route("/control/calls", clear_calls, methods=["DELETE"]),
    ]


async def _run_script(request: Request, run: Callable[[dict[str, Any]], Any]) -> Response:
    """Run a request's JSON. 201 with what it returns, 204 without; 400 with the reason if it raises ValueError."""
    try:
        result = run(control_scripts.parse_script(await read_body(request)))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    except ServiceError as error:
        return JSONResponse({"error": error.message}, 413)
    return Response(status_code=204) if result is None else JSONResponse(result, 201)
