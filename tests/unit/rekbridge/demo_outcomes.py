"""Upload outcomes in every state, for the tests of the demo's output."""

from dataclasses import replace

from rekbridge.demo.samples import SampleFile
from rekbridge.demo.uploading import UploadOutcome
from rekbridge.read_models.uploads import ObjectVersion, OperationResult, UploadStatus
from rekbridge_lambda.domain.ids import ImageId, OwnerId, RunId
from rekbridge_lambda.domain.runs import Run

STAGED_COPY = "image/run/variant"
SAMPLE = SampleFile("anna/cat.jpg", lambda: b"")
RESULT = OperationResult(
    operation="text",
    status="done",
    transfer="staged",
    region="eu-west-1",
    uploaded_at=1000,
    called_at=1100,
    responded_at=1350,
    routed_at=1400,
    summary=["Chapter", "III"],
)
RUN = Run(
    RunId("run"),
    ImageId("image"),
    OwnerId("anna"),
    1000,
    {"text": "image/p1/variant"},
    staged_copies=frozenset({STAGED_COPY}),
)
STATUS = UploadStatus(
    ObjectVersion("anna/cat.jpg", "v1"), ImageId("image"), uploaded_at=1000, run=RUN, results={"text": RESULT}
)

DONE = UploadOutcome(SAMPLE, STATUS, frozenset())
WAITING = UploadOutcome(
    SAMPLE,
    replace(STATUS, run=replace(RUN, pending=frozenset({"text"})), results={}),
    frozenset({STAGED_COPY}),
    timed_out=True,
)
UNKNOWN = UploadOutcome(SAMPLE, UploadStatus(ObjectVersion("anna/cat.jpg", "v1")), frozenset(), timed_out=True)
REFUSED = UploadOutcome(
    replace(SAMPLE, expected_code="unreadable-image"),
    UploadStatus(ObjectVersion("anna/cat.jpg", "v1"), code="unreadable-image", reason="this is a text [not an image]"),
    frozenset(),
)


def with_result(**changed: object) -> UploadOutcome:
    return replace(DONE, status=replace(STATUS, results={"text": replace(RESULT, **changed)}))  # type: ignore[arg-type]
