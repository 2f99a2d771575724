"""Waits for all uploads of a load test together: one read of the library serves many of them."""

from collections import deque

import gevent
from botocore.exceptions import BotoCoreError, ClientError
from gevent.event import AsyncResult
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus

# Uploads in one read, and the pause between two reads.
MAX_UPLOADS, PAUSE_S = 50, 1.0


class UploadWatcher:
    """The uploads that are waited for."""

    def __init__(self, library: UploadReader) -> None:
        self.library, self.waiting = library, deque[tuple[ObjectVersion, AsyncResult]]()
        gevent.spawn(self.poll)

    def wait_until_settled(self, version: ObjectVersion) -> UploadStatus:
        """The status of an upload, once nothing more will happen to it. Raises boto's error when a read fails."""
        result = AsyncResult()
        self.waiting.append((version, result))
        status: UploadStatus = result.get()
        return status

    def poll(self) -> None:
        """Read the library again and again, for as long as locust runs."""
        while True:
            batch = [self.waiting.popleft() for _ in range(min(MAX_UPLOADS, len(self.waiting)))]
            try:
                statuses = self.library.find_statuses(version for version, _ in batch)
            except (BotoCoreError, ClientError) as error:
                for _, result in batch:
                    result.set_exception(error)
                continue
            for (version, result), status in zip(batch, statuses, strict=True):
                if status.is_settled:
                    result.set(status)
                else:
                    self.waiting.append((version, result))
            gevent.sleep(PAUSE_S)
