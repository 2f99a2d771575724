"""The analysis processes: one per core, each busy with one picture at a time, replaced when it dies."""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from engine import worker
from engine.errors import Abandoned, ServiceError
from engine.job import Job

log = logging.getLogger(__name__)


class Pool:
    """Runs jobs on warm workers. Each is an executor of its own, so that one death fails one call and not all."""

    def __init__(self, size: int, run: Callable[[Job], dict[str, Any]] = worker.run) -> None:
        self.size = size
        self.ready = 0
        self.failure = ""
        self._run = run
        self._idle: asyncio.Queue[ProcessPoolExecutor] = asyncio.Queue()
        self._executors: set[ProcessPoolExecutor] = set()
        self._starting: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to warm the workers, one after the other: the first can answer soonest so. `ready` counts them."""
        self._hire()

    async def run(self, job: Job, abandoned: Callable[[], Awaitable[bool]]) -> dict[str, Any]:
        """The answer of the next idle worker. Raises its ServiceError; InternalServerError if it dies over the job.

        Raises Abandoned when the caller is gone by then: whoever asks again would wait behind its own first call.
        """
        if self.failure:
            raise ServiceError("InternalServerError", self.failure)
        executor = await self._idle.get()
        if await abandoned():
            self._idle.put_nowait(executor)
            raise Abandoned
        try:
            future = executor.submit(self._run, job)
        except BrokenProcessPool:
            self._replace(executor)
            return await self.run(job, abandoned)
        # Back to the idle ones when the work ends, not when the caller is gone.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._release, executor, done))
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as why:
            raise ServiceError("InternalServerError", "Internal server error") from why

    def stop(self) -> None:
        """End every worker now, with whatever it is doing."""
        executors, self._executors = self._executors, set()
        for child in multiprocessing.active_children():
            child.kill()
        for executor in executors:
            executor.shutdown()

    def _hire(self) -> None:
        executor = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=worker.start,
            initargs=(os.getpid(),),
        )
        self._executors.add(executor)
        task = asyncio.create_task(self._warm(executor))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _warm(self, executor: ProcessPoolExecutor) -> None:
        try:
            await asyncio.wrap_future(executor.submit(worker.warm))
        except Exception as why:
            # A worker that cannot load its models will not load them the next time either.
            if executor in self._executors:
                log.exception("a worker did not start")
                self.failure = repr(why)
            return
        self.ready += 1
        self._idle.put_nowait(executor)
        if len(self._executors) < self.size:
            self._hire()

    def _release(self, executor: ProcessPoolExecutor, done: Future[dict[str, Any]]) -> None:
        if not done.cancelled() and isinstance(done.exception(), BrokenProcessPool):
            self._replace(executor)
        elif executor in self._executors:
            self._idle.put_nowait(executor)

    def _replace(self, executor: ProcessPoolExecutor) -> None:
        if executor in self._executors:
            self._executors.remove(executor)
            executor.shutdown(wait=False)
            self.ready -= 1
            self._hire()
