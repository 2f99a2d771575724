"""The analysis processes: one per core. Each analyzes one image at a time and is replaced when it dies."""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from rekbridge_engine import worker
from rekbridge_engine.celebrity_gallery import Celebrity
from rekbridge_engine.errors import CallerDisconnected, ServiceError
from rekbridge_engine.jobs import AnalysisJob

log = logging.getLogger(__name__)


class WorkerPool:
    """Runs jobs on workers that have loaded their models.

    Each worker is an executor of its own: when a worker dies, one call fails and not all.
    """

    def __init__(
        self,
        size: int,
        run: Callable[[AnalysisJob], dict[str, Any]] = worker.run_job,
        celebrities: Sequence[Celebrity] = (),
    ) -> None:
        self.size = size
        self.ready = 0
        self.failure = ""
        self._run = run
        self._celebrities = celebrities
        self._idle: asyncio.Queue[ProcessPoolExecutor] = asyncio.Queue()
        self._executors: set[ProcessPoolExecutor] = set()
        self._starting: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start the workers one after the other, so that the first one is ready soonest. `ready` counts them."""
        self._start_worker()

    async def run(self, job: AnalysisJob, is_disconnected: Callable[[], Awaitable[bool]]) -> dict[str, Any]:
        """Run a job on the next idle worker. Raises its ServiceError; InternalServerError if the worker dies.

        Raises CallerDisconnected if the caller has gone by then. Otherwise a caller that timed out and retries would
        wait for its own first call.
        """
        if self.failure:
            raise ServiceError("InternalServerError", self.failure)
        executor = await self._idle.get()
        if await is_disconnected():
            self._idle.put_nowait(executor)
            raise CallerDisconnected
        try:
            future = executor.submit(self._run, job)
        except BrokenProcessPool:
            self._replace_worker(executor)
            return await self.run(job, is_disconnected)
        # The worker becomes idle when its work ends, not when the caller disconnects.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._release_worker, executor, done))
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as error:
            raise ServiceError("InternalServerError", "Internal server error") from error

    def stop(self) -> None:
        """Kill every worker now, also one that is busy."""
        executors, self._executors = self._executors, set()
        for child in multiprocessing.active_children():
            child.kill()
        for executor in executors:
            executor.shutdown()

    def _start_worker(self) -> None:
        executor = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=worker.initialize,
            initargs=(os.getpid(),),
        )
        self._executors.add(executor)
        task = asyncio.create_task(self._warm_up(executor))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _warm_up(self, executor: ProcessPoolExecutor) -> None:
        try:
            await asyncio.wrap_future(executor.submit(worker.warm_up))
            if self._celebrities:
                await asyncio.wrap_future(executor.submit(worker.set_celebrities, self._celebrities))
        except Exception as error:
            # Do not retry: a worker that cannot load its models will fail the next time too.
            if executor in self._executors:
                log.exception("an analysis worker could not start; calls fail until the engine is restarted")
                self.failure = repr(error)
            return
        self.ready += 1
        self._idle.put_nowait(executor)
        if len(self._executors) < self.size:
            self._start_worker()

    def _release_worker(self, executor: ProcessPoolExecutor, done: Future[dict[str, Any]]) -> None:
        if not done.cancelled() and isinstance(done.exception(), BrokenProcessPool):
            self._replace_worker(executor)
        elif executor in self._executors:
            self._idle.put_nowait(executor)

    def _replace_worker(self, executor: ProcessPoolExecutor) -> None:
        if executor in self._executors:
            self._executors.remove(executor)
            executor.shutdown(wait=False)
            self.ready -= 1
            self._start_worker()
