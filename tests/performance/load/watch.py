"""Looks into the library for all uploads of a load test together: one read serves many."""

from collections import deque

import gevent
from botocore.exceptions import BotoCoreError, ClientError
from gevent.event import AsyncResult
from rekbridge.read_models.library import Library, Story, Version

# One look asks about so many images, and the next comes so much later.
LOOK, PAUSE_S = 50, 1.0


class Watch:
    """The uploads that are waited for."""

    def __init__(self, library: Library) -> None:
        self.library, self.waiting = library, deque[tuple[Version, AsyncResult]]()
        gevent.spawn(self.look)

    def settled(self, version: Version) -> Story:
        """What became of an upload, once nothing more will happen."""
        result = AsyncResult()
        self.waiting.append((version, result))
        story: Story = result.get()
        return story

    def look(self) -> None:
        """As long as locust runs."""
        while True:
            some = [self.waiting.popleft() for _ in range(min(LOOK, len(self.waiting)))]
            try:
                stories = self.library.stories(version for version, _ in some)
            except (BotoCoreError, ClientError) as error:
                for _, result in some:
                    result.set_exception(error)
                continue
            for (version, result), story in zip(some, stories, strict=True):
                if story.settled:
                    result.set(story)
                else:
                    self.waiting.append((version, result))
            gevent.sleep(PAUSE_S)
