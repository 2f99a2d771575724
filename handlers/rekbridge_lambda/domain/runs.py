"""The library's records: an image, the key that points at it, and its run through the operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.ids import staged_key
from rekbridge_lambda.domain.messages import Answered, Work
from rekbridge_lambda.domain.operations import Plan
from rekbridge_lambda.domain.uploads import Upload


@dataclass(frozen=True, slots=True)
class Image:
    """One owner's image, whatever keys it was uploaded under; `content` is the SHA-256 of the original's bytes."""

    id: str
    owner: str
    content: str
    format: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Source:
    """One key and version: it points at an image, or says why there is none."""

    upload: Upload
    image: str | None = None
    run: str | None = None
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One image going through the operations; `prepared` maps each to its variant, `pending` are those not done,
    `refused` those whose limits no scaling of this image meets.

    SWEEP's patience counts from `due_at` (milliseconds), and doubles with each of its `sweeps`.
    """

    id: str
    image: str
    owner: str
    uploaded_at: int
    prepared: Mapping[str, str]
    pending: frozenset[str] = field(default_factory=frozenset)
    staged: frozenset[str] = field(default_factory=frozenset)
    refused: Mapping[str, Rejected] = field(default_factory=dict)
    # Ended without an answer: a new upload of the image asks again.
    ended: frozenset[str] = frozenset()
    due_at: int = 0
    sweeps: int = 0

    def work(self, operation: str) -> Work:
        """The message that asks for one operation of this run."""
        return Work(self.id, self.owner, self.image, operation, self.prepared[operation], self.uploaded_at)

    def given_up(self, operation: str, why: Rejected) -> Answered:
        """The message that ends one operation of this run without an answer."""
        return Answered(self.id, self.owner, self.image, operation, self.uploaded_at, code=why.code, reason=str(why))

    def staged_for(self, operation: str) -> str:
        """The staged copy that this operation reads."""
        return staged_key(self.id, self.prepared[operation])

    def needs(self, plan: Plan) -> dict[str, list[str]]:
        """The staged copies still needed, each with the operations that are to read it."""
        needed: dict[str, list[str]] = {}
        for name in sorted(self.pending & plan.keys()):
            if plan[name].way == "staged":
                needed.setdefault(self.staged_for(name), []).append(name)
        return needed
