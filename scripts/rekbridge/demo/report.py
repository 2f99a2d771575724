"""What the demo has to admit: images without their results, and where they are stuck; sums that do not agree."""

from collections.abc import Iterable

from rekbridge.demo.uploading import PATIENCE_S, Told
from rekbridge.read_models.deployed import Deployed


def stuck(told: Iterable[Told]) -> list[str]:
    """Every image that did not come out as it was meant to, with its state."""
    return [f"{one.sample.key}: {state(one)}" for one in told if not one.as_meant]


def state(told: Told) -> str:
    """How far one image has come, by its rows."""
    story = told.story
    late = f"after {PATIENCE_S:.0f} s " if told.late else ""
    copies = f", staged copies left: {len(told.left)}" if told.left else ""
    if story.code:
        return f"refused ({story.code}): {story.reason}"
    if story.image is None:
        return f"{late}no source row: INGEST has not taken it in"
    if story.run is None:
        return f"{late}image {story.image} has no run row"
    if story.run.pending:
        return f"{late}run {story.run.id} waits for {', '.join(sorted(story.run.pending))}{copies}"
    failed = [f"{found.operation}: {found.reason}" for found in story.results.values() if found.code]
    return f"{late}run {story.run.id} is done{copies}{'; failed ' if failed else ''}{'; '.join(failed)}"


def waiting(deployed: Deployed) -> list[str]:
    """The queues, dead-letter queues among them, that are not empty."""
    depths = {queue: deployed.depth(queue) for queue in deployed.queues()}
    found = [f"{queue.name} ({queue.region}) holds {depth} messages" for queue, depth in depths.items() if depth]
    return found or ["All queues and dead-letter queues are empty."]
