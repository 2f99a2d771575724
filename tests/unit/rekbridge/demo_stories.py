"""Uploads in every state, for what the demo says of them."""

from dataclasses import replace

from rekbridge.demo.samples import Sample
from rekbridge.demo.uploading import Told
from rekbridge.read_models.library import Found, Story, Version
from rekbridge_lambda.domain.runs import Run

STAGED = "image/run/variant"
SAMPLE = Sample("anna/cat.jpg", lambda: b"")
FOUND = Found(
    operation="text",
    answer_status="done",
    way="staged",
    region="eu-west-1",
    uploaded_at=1000,
    asked_at=1100,
    answered_at=1350,
    routed_at=1400,
    seen=["Chapter", "III"],
)
RUN = Run("run", "image", "anna", 1000, {"text": "image/p1/variant"}, staged=frozenset({STAGED}))
STORY = Story(Version("anna/cat.jpg", "v1"), "image", uploaded_at=1000, run=RUN, results={"text": FOUND})

DONE = Told(SAMPLE, STORY, frozenset())
WAITING = Told(
    SAMPLE, replace(STORY, run=replace(RUN, pending=frozenset({"text"})), results={}), frozenset({STAGED}), late=True
)
UNSEEN = Told(SAMPLE, Story(Version("anna/cat.jpg", "v1")), frozenset(), late=True)
REFUSED = Told(
    replace(SAMPLE, refused="unreadable-image"),
    Story(Version("anna/cat.jpg", "v1"), code="unreadable-image", reason="this is a text [not an image]"),
    frozenset(),
)


def with_result(**changed: object) -> Told:
    return replace(DONE, story=replace(STORY, results={"text": replace(FOUND, **changed)}))  # type: ignore[arg-type]
