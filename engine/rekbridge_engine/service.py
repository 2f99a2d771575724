"""Handle one call, from its headers to its response, with the checks in AWS's order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from rekbridge_engine import model_versions, protocol, signature, validation
from rekbridge_engine.answers import AnswerOrders
from rekbridge_engine.call_log import RecordedCall
from rekbridge_engine.catalog import Catalog, EngineOperation
from rekbridge_engine.errors import (
    ConnectionDropped,
    ServiceError,
    make_image_too_large_error,
    make_invalid_parameters_error,
)
from rekbridge_engine.faults import Fault, Faults
from rekbridge_engine.jobs import AnalysisJob
from rekbridge_engine.quotas import QuotaEnforcer
from rekbridge_engine.s3_reader import S3Reader
from rekbridge_engine.signature import SigningIdentity

_RATE_EXCEEDED = "Provisioned rate exceeded"


class JobRunner(Protocol):
    """Runs analysis jobs."""

    async def run(self, job: AnalysisJob, is_disconnected: Callable[[], Awaitable[bool]]) -> dict[str, Any]:
        """The response to a job. Raises ServiceError, or CallerDisconnected if the caller goes before it starts."""
        ...


class RekognitionService:
    """Rekognition's endpoints of all regions."""

    def __init__(
        self, catalog: Catalog, faults: Faults, s3_reader: S3Reader, runner: JobRunner, min_latency_s: float = 0
    ) -> None:
        self._catalog = catalog
        self.quotas = QuotaEnforcer(catalog.quotas)
        self.orders = AnswerOrders(catalog)
        self._faults = faults
        self._s3_reader = s3_reader
        self._runner = runner
        self._min_latency_s = min_latency_s

    async def handle_call(
        self,
        headers: Mapping[str, str],
        body: bytes,
        call: RecordedCall,
        is_disconnected: Callable[[], Awaitable[bool]],
    ) -> dict[str, Any]:
        """Compute the response and fill in `call`. Raises ServiceError, ConnectionDropped or CallerDisconnected."""
        call.operation = protocol.get_action(headers)
        identity = signature.parse_identity(headers)
        call.region = identity.region
        if not self._catalog.has_endpoint(identity.region):
            raise ConnectionDropped
        model = protocol.get_operation_model(call.operation)
        request = validation.decode_request(protocol.parse_body(body), model.input_shape)
        operation = self._catalog.operations.get(call.operation)
        # Record the images before any check can refuse the call: their bytes have left the home region either way.
        for name in operation.image_parameters if operation else ():
            if image := request.get(name, {}).get("Bytes"):
                call.record_image("bytes", image)
        await self._apply_fault(call)
        self._check_availability_and_quota(call)
        validation.check_constraints(request, model.input_shape)
        model_versions.check_region(request, identity.region)
        if operation is None:
            raise ServiceError("UnknownOperationException", f"{call.operation} is not served by the local Rekognition")
        images = [
            await self._load_image(request[name], operation, identity, call) for name in operation.image_parameters
        ]
        answer = await self._compute_answer(_build_job(operation, request, images), call, is_disconnected)
        response = protocol.shape_response(answer, model.output_shape)
        # Wait for the rest of the minimum latency; a negative time does not wait.
        await asyncio.sleep(self._min_latency_s - call.elapsed_s)
        return dict(response)

    async def _compute_answer(
        self, job: AnalysisJob, call: RecordedCall, is_disconnected: Callable[[], Awaitable[bool]]
    ) -> dict[str, Any]:
        """The ordered answer, whose images are only checked if it is complete; without an order, the analysis'."""
        while order := self.orders.find(call.region, call.operation, job.images):
            response = await self._runner.run(replace(job, checks_only=order.is_complete), is_disconnected)
            # Only now: a call that fails uses up no order. Meanwhile another call may have used up its last, or a test
            # may have taken it back. Then the next order counts.
            if self.orders.try_use(order):
                call.order = order.id
                return order.apply(response)
        return await self._runner.run(job, is_disconnected)

    async def _apply_fault(self, call: RecordedCall) -> None:
        fault = self._faults.consume(call.region, call.operation)
        if fault is None:
            return
        match fault.fault:
            case "delay":
                await asyncio.sleep(fault.delay_ms / 1000)
            case "outage":
                raise ConnectionDropped
            case "throttle":
                raise _make_fault_error(fault, "ProvisionedThroughputExceededException", _RATE_EXCEEDED)
            case _:
                raise _make_fault_error(fault, "InternalServerError", "Scripted by the control endpoint")

    def _check_availability_and_quota(self, call: RecordedCall) -> None:
        if call.operation not in self._catalog.quotas[call.region]:
            # AWS sends this for an operation that the region's endpoint lacks. It has no message.
            raise ServiceError("AccessDeniedException")
        if not self.quotas.try_take(call.region, call.operation):
            raise ServiceError("ProvisionedThroughputExceededException", _RATE_EXCEEDED)

    async def _load_image(
        self, image: dict[str, Any], operation: EngineOperation, identity: SigningIdentity, call: RecordedCall
    ) -> bytes:
        limits = operation.limits
        match image:
            case {"Bytes": data} if "S3Object" not in image:
                if len(data) > limits.bytes:
                    raise make_image_too_large_error("Request has image size exceeding the limit")
                return bytes(data)
            case {"S3Object": s3_object} if "Bytes" not in image:
                call.mode = call.mode or "staged"
                content = await asyncio.to_thread(self._s3_reader.read_object, identity, s3_object, limits.s3_bytes)
                call.record_image("staged", content)
                return content
        raise make_invalid_parameters_error()


def _build_job(operation: EngineOperation, request: dict[str, Any], images: list[bytes]) -> AnalysisJob:
    settings = {name: value for name, value in request.items() if name not in operation.image_parameters}
    limits = operation.limits
    return AnalysisJob(operation.action, tuple(images), settings, limits.min_side, limits.max_side)


def _make_fault_error(fault: Fault, code: str, message: str) -> ServiceError:
    """The error of a fault, with this code and message where the test gives none."""
    return ServiceError(fault.code or code, message if fault.message is None else fault.message, fault.members)
