"""Event source mappings of queues that handle as many batches at a time as their maximum concurrency says.

LocalStack stores that number, but has one thread to a mapping: it receives a batch, waits for the function, and so on.
Here that thread only receives; each batch is handled by a thread of its own. While all are busy nothing is received.
"""

import threading
from contextlib import suppress
from typing import Any

from localstack.runtime import hooks
from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller
from localstack.utils.patch import patch
from localstack.utils.threads import start_worker_thread

# Without a maximum, Lambda begins with five batches at a time; it would add more, which a test bed has no use for.
DEFAULT_CONCURRENCY = 5
# How long one receive waits for a message, as Lambda's do. LocalStack asks without waiting, and sleeps for a second or
# more after an empty answer. Longer would keep a deleted mapping's thread longer.
WAIT_S = 2


@hooks.on_infra_start()
def poll_concurrently() -> None:
    """Give every mapping of a queue its lanes."""

    @patch(EsmWorker.__init__)
    def with_lanes(original: Any, self: EsmWorker, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if isinstance(self.poller, SqsPoller):
            maximum = self.esm_config.get("ScalingConfig", {}).get("MaximumConcurrency", DEFAULT_CONCURRENCY)
            # One lane keeps a first-in-first-out queue in order.
            _widen(self.poller, 1 if self.poller.queue_url.endswith(".fifo") else maximum, self._shutdown_event)

    @patch(EsmWorker.stop)
    def and_wait(original: Any, self: EsmWorker) -> None:
        # LocalStack says "Disabled" at once, and the receive under way would still take what is sent by then.
        original(self)
        if self._poller_thread:
            self._poller_thread.join(WAIT_S + 1)


def _widen(poller: SqsPoller, lanes: int, ended: threading.Event) -> None:
    receive, handle, free = poller.poll_events, poller.handle_messages, threading.Semaphore(lanes)

    def receive_once_a_lane_is_free() -> None:
        # Only this thread takes lanes, so it stays free until the batch is there.
        with free:
            pass
        if not ended.is_set():
            with suppress(EmptyPollResultsException):
                receive()

    def take_lane(messages: list[dict[str, Any]]) -> None:
        free.acquire()
        start_worker_thread(in_lane, messages, name="lambda-batch")

    def in_lane(messages: list[dict[str, Any]]) -> None:
        try:
            handle(messages)
        finally:
            free.release()

    poller.poll_events, poller.handle_messages = receive_once_a_lane_is_free, take_lane
    poller.maximum_batching_window = poller.maximum_batching_window or WAIT_S
