"""
What can go wrong, told by what becomes of the message.

RekbridgeError
├── Rejected               can never succeed: stored with its reason, the message is done
│   ├── Gone               deleted, or expired, before it was read
│   ├── UnreadableImage
│   ├── ImageTooLarge
│   ├── ImageTooSmall
│   ├── UnknownOperation
│   ├── RefusedByService   Rekognition says no, for good
│   └── InvalidRequest     the API's caller has to ask otherwise
│       ├── InvalidParameter
│       ├── RequestTooLarge
│       └── UnsupportedType
├── Unavailable            may succeed later: the message waits `retry_in` seconds, and never dead-letters
│   ├── Throttled
│   ├── ClaimHeld          another worker is at it
│   ├── RegionRefused      this account may not call the region: alarm
│   ├── NoAnswer           none came in time, for all that is known
│   ├── NotReady           the model that was asked for does not run
│   └── StagedCopyMissing  staged again from home
├── OutOfAttempts          all paid attempts are used: dead-letter queue
└── UnreadableMessage      no body of ours: dead-letter queue

Any other exception is a bug: the message is redelivered, then dead-lettered.
"""


class RekbridgeError(Exception):
    """Base of every error this package raises on purpose."""


class Rejected(RekbridgeError):
    """The work can never succeed; `code` and the message are what the user is told."""

    code = "rejected"


class Gone(Rejected):
    """That version of the key, or what was prepared from it, is no more."""

    code = "gone"


class UnreadableImage(Rejected):
    """The bytes are no image that Rekbridge can read."""

    code = "unreadable-image"


class ImageTooLarge(Rejected):
    """The file or its pixels exceed what is decoded here."""

    code = "image-too-large"


class ImageTooSmall(Rejected):
    """No scaling brings the picture within an operation's limits."""

    code = "image-too-small"


class UnknownOperation(Rejected):
    """The operation is not in the catalog or not deployed."""

    code = "unknown-operation"


class RefusedByService(Rejected):
    """Rekognition answered that it will never take this request."""

    code = "refused-by-service"


class InvalidRequest(Rejected):
    """No request of a form that the API knows."""

    code = "invalid-request"


class InvalidParameter(InvalidRequest):
    """A parameter that Rekognition, or this deployment, does not take; the message names it and what would do."""

    code = "invalid-parameter"


class RequestTooLarge(InvalidRequest):
    """More than one request can carry: it has to go by an upload."""

    code = "request-too-large"


class UnsupportedType(InvalidRequest):
    """A body of a content type that the operation does not take."""

    code = "unsupported-type"


class Unavailable(RekbridgeError):
    """It may succeed later: `retry_in` seconds from now, or after a wait that doubles with every delivery."""

    def __init__(self, why: str, retry_in: float | None = None) -> None:
        super().__init__(why)
        self.retry_in = retry_in


class Throttled(Unavailable):
    """The region's quota of this operation is used up for now; the call was not paid."""


class ClaimHeld(Unavailable):
    """Another worker holds the lease on this work until `retry_in` seconds from now."""


class RegionRefused(Unavailable):
    """The region is not enabled for this account, or the role may not call it."""


class NoAnswer(Unavailable):
    """No answer came in time; whether a call was paid is not known."""


class NotReady(Unavailable):
    """The model that was asked for does not run, or is being changed: its owner has to start it."""


class StagedCopyMissing(Unavailable):
    """Rekognition does not find the staged copy in its region."""


class OutOfAttempts(RekbridgeError):
    """Every paid attempt ended without an answer; a person has to look."""


class UnreadableMessage(RekbridgeError):
    """A queue message that is not of a form this version knows."""
