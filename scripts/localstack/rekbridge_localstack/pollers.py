"""Event source mappings of queues that handle as many batches at a time as their maximum concurrency says.

LocalStack stores that number, but has one thread to a mapping: it receives a batch, waits for the function, and so on.
Here that thread only receives; each batch is handled by a thread of its own. While all are busy nothing is received.
"""

import logging
import threading
from contextlib import suppress
from typing import Any

from localstack.runtime import hooks
from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller
from localstack.utils.patch import patch

LOG = logging.getLogger(__name__)
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
            Lanes(self.poller, 1 if self.poller.queue_url.endswith(".fifo") else maximum, self._shutdown_event)

    @patch(EsmWorker.stop)
    def and_wait(original: Any, self: EsmWorker) -> None:
        # LocalStack says "Disabled" at once, and the receive under way would still take what is sent by then.
        original(self)
        if self._poller_thread:
            self._poller_thread.join(WAIT_S + 1)


class Lanes:
    """Stands between a poller's receiving and its handling of what was received."""

    def __init__(self, poller: SqsPoller, maximum: int, ended: threading.Event) -> None:
        self._free, self._ended = threading.BoundedSemaphore(maximum), ended
        self._receive, self._handle = poller.poll_events, poller.handle_messages
        poller.poll_events, poller.handle_messages = self.receive, self.handle
        poller.maximum_batching_window = poller.maximum_batching_window or WAIT_S

    def receive(self) -> None:
        """Receive a batch once a lane is free. Only this thread takes lanes, so it stays free until then."""
        with self._free:
            pass
        if not self._ended.is_set():
            with suppress(EmptyPollResultsException):
                self._receive()

    def handle(self, messages: list[dict[str, Any]]) -> None:
        """Handle a batch in a lane."""
        self._free.acquire()
        threading.Thread(target=self._in_lane, args=(messages,), name="lambda-batch", daemon=True).start()

    def _in_lane(self, messages: list[dict[str, Any]]) -> None:
        try:
            self._handle(messages)
        except Exception as error:
            # As LocalStack does; the messages come back after their visibility timeout.
            LOG.warning("A batch was not handled: %s", error, exc_info=LOG.isEnabledFor(logging.DEBUG))
        finally:
            self._free.release()
