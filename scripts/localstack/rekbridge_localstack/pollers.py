"""SQS event source mappings that process as many batches concurrently as their maximum concurrency allows.

LocalStack stores that number but has one thread per mapping, which receives a batch, waits for the function, and so on.
Here that thread only receives, and a thread of its own handles each batch. While the maximum number of batches is in
progress, the mapping receives nothing.
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

# Without a maximum, Lambda begins with five concurrent batches. It would add more; tests do not need that.
DEFAULT_CONCURRENCY = 5
# Long polling, as Lambda does. LocalStack polls without waiting, and sleeps for a second or more after an empty
# response. A longer wait would keep a deleted mapping's thread alive longer.
RECEIVE_WAIT_S = 2


@hooks.on_infra_start()
def poll_concurrently() -> None:
    """Make every SQS mapping handle its batches concurrently."""

    @patch(EsmWorker.__init__)
    def init_concurrently(original: Any, self: EsmWorker, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if isinstance(self.poller, SqsPoller):
            maximum = self.esm_config.get("ScalingConfig", {}).get("MaximumConcurrency", DEFAULT_CONCURRENCY)
            # One batch at a time keeps a FIFO queue in order.
            concurrency = 1 if self.poller.queue_url.endswith(".fifo") else maximum
            _handle_concurrently(self.poller, concurrency, self._shutdown_event)

    @patch(EsmWorker.stop)
    def stop_and_wait(original: Any, self: EsmWorker) -> None:
        # LocalStack reports "Disabled" at once, but the receive in progress would still take messages sent after that.
        original(self)
        if self._poller_thread:
            self._poller_thread.join(RECEIVE_WAIT_S + 1)

    @patch(EsmWorker.delete)
    def delete_disabled(original: Any, self: EsmWorker) -> None:
        # The mapping's thread removes it. A disabled one has no thread, and LocalStack would list it for ever.
        original(self)
        if not (self._poller_thread and self._poller_thread.is_alive()):
            self.delete_esm_in_store()


def _handle_concurrently(poller: SqsPoller, concurrency: int, shutdown: threading.Event) -> None:
    receive, handle, permits = poller.poll_events, poller.handle_messages, threading.Semaphore(concurrency)

    def receive_when_permitted() -> None:
        # Only this thread acquires permits for batches, so the permit is still free when the batch arrives.
        with permits:
            pass
        if not shutdown.is_set():
            with suppress(EmptyPollResultsException):
                receive()

    def start_handling(messages: list[dict[str, Any]]) -> None:
        permits.acquire()
        start_worker_thread(handle_batch, messages, name="lambda-batch")

    def handle_batch(messages: list[dict[str, Any]]) -> None:
        try:
            handle(messages)
        finally:
            permits.release()

    poller.poll_events, poller.handle_messages = receive_when_permitted, start_handling
    poller.maximum_batching_window = poller.maximum_batching_window or RECEIVE_WAIT_S
