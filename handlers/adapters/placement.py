"""Where the next call goes."""

from handlers.domain.operations import Planned


class OneRegion:
    """Every operation has one region, and its queue's concurrency is all that paces it."""

    def place(self, planned: Planned) -> str:
        """The operation's own region, at once."""
        return planned.region
