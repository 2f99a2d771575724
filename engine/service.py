"""One call from its headers to its answer, in the order in which AWS looks at it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from engine import projects, protocol, signature, validation
from engine.calls import Call
from engine.catalog import Catalog, Operation
from engine.errors import Dropped, ServiceError, image_too_large, invalid_parameters
from engine.faults import Faults
from engine.job import Job
from engine.quotas import Quotas
from engine.signature import Caller
from engine.storage import Storage


class Analysis(Protocol):
    """What answers a job."""

    async def run(self, job: Job, abandoned: Callable[[], Awaitable[bool]]) -> dict[str, Any]:
        """The answer. Raises ServiceError, or Abandoned when the caller is gone before it is begun."""
        ...


class Service:
    """The local Rekognition of every region."""

    def __init__(
        self, catalog: Catalog, faults: Faults, storage: Storage, analysis: Analysis, latency_s: float = 0
    ) -> None:
        self._catalog = catalog
        self.quotas = Quotas(catalog.quotas)
        self._faults = faults
        self._storage = storage
        self._analysis = analysis
        self._latency_s = latency_s

    async def answer(
        self, headers: Mapping[str, str], body: bytes, call: Call, abandoned: Callable[[], Awaitable[bool]]
    ) -> dict[str, Any]:
        """The answer to a call. Raises ServiceError; Dropped when there is to be none, Abandoned when nobody waits."""
        call.operation = protocol.action(headers)
        caller = signature.caller(headers)
        call.region = caller.region
        if not self._catalog.has_endpoint(caller.region):
            raise Dropped
        model = protocol.operation(call.operation)
        request = validation.decoded(protocol.parsed(body), model.input_shape)
        operation = self._catalog.operations.get(call.operation)
        # Before anything may refuse the call: these bytes have left home either way.
        for name in operation.images if operation else ():
            if image := request.get(name, {}).get("Bytes"):
                call.saw("bytes", image)
        await self._struck(call)
        self._admitted(call)
        validation.check(request, model.input_shape)
        projects.check(request, caller.region)
        if operation is None:
            raise ServiceError("UnknownOperationException", f"{call.operation} is not served by the local Rekognition")
        images = [await self._image(request[name], operation, caller, call) for name in operation.images]
        answer = protocol.shaped(
            await self._analysis.run(_job(operation, request, images), abandoned), model.output_shape
        )
        # AWS needs its time however fast this machine is.
        await asyncio.sleep(self._latency_s - call.elapsed)
        return dict(answer)

    async def _struck(self, call: Call) -> None:
        fault = self._faults.strike(call.region, call.operation)
        if fault is None:
            return
        match fault.fault:
            case "delay":
                await asyncio.sleep(fault.delay_ms / 1000)
            case "outage":
                raise Dropped
            case "throttle":
                raise _throttled(fault.code)
            case _:
                raise ServiceError(fault.code or "InternalServerError", "Scripted by the control endpoint")

    def _admitted(self, call: Call) -> None:
        if call.operation not in self._catalog.quotas[call.region]:
            # What AWS sends for an operation that a region's endpoint lacks: no message, and nothing about the region.
            raise ServiceError("AccessDeniedException")
        if not self.quotas.take(call.region, call.operation):
            raise _throttled()

    async def _image(self, image: dict[str, Any], operation: Operation, caller: Caller, call: Call) -> bytes:
        limits = operation.limits
        match image:
            case {"Bytes": data} if "S3Object" not in image:
                if len(data) > limits.bytes:
                    raise image_too_large("Request has image size exceeding the limit")
                return bytes(data)
            case {"S3Object": address} if "Bytes" not in image:
                call.mode = call.mode or "staged"
                found = await asyncio.to_thread(self._storage.read, caller, address, limits.s3_bytes)
                call.saw("staged", found)
                return found
        raise invalid_parameters()


def _job(operation: Operation, request: dict[str, Any], images: list[bytes]) -> Job:
    settings = {name: value for name, value in request.items() if name not in operation.images}
    limits = operation.limits
    return Job(operation.action, tuple(images), settings, limits.min_side, limits.max_side)


def _throttled(code: str = "") -> ServiceError:
    return ServiceError(code or "ProvisionedThroughputExceededException", "Provisioned rate exceeded")
