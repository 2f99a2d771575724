"""
What can go wrong, grouped by what becomes of the message.

RekbridgeError
├── Rejected               can never succeed: stored with its reason, the message is deleted
│   ├── Gone               deleted or expired before it was read
│   ├── UnreadableImage
│   ├── ImageTooLarge
│   ├── ImageTooSmall
│   ├── UnknownOperation
│   ├── RefusedByService   Rekognition will never accept it
│   └── InvalidRequest     the API's caller has to change the request
│       ├── NotYourPrefix
│       ├── InvalidParameter
│       ├── RequestTooLarge
│       └── UnsupportedType
├── Unavailable            may succeed later: retried after `retry_in` seconds, never sent to the DLQ
│   ├── Throttled
│   ├── ClaimHeld          another worker holds the lease
│   ├── RegionRefused      this account may not call the region: an alarm
│   ├── NoAnswer           none came in time; whether the call was paid is unknown
│   ├── NotReady           the requested model does not run
│   └── StagedCopyMissing  it is staged again
├── OutOfAttempts          five attempts without an answer: dead-letter queue
└── UnreadableMessage      not a message of Rekbridge: dead-letter queue

Any other exception is a bug: the message is delivered again. Every fifth delivery that ends so sends it to the DLQ.

The message of a Rejected may quote a key: it is stored with the upload, or answered to the caller who named the key.
All others are logged and may reach other callers: they contain no key, no owner and no file name.
"""


class RekbridgeError(Exception):
    """Base of every error this package raises on purpose."""


class Rejected(RekbridgeError):
    """The work can never succeed; users see `code` and the message."""

    code = "rejected"


class Gone(Rejected):
    """That version of the key, or its prepared image, no longer exists."""

    code = "gone"


class UnreadableImage(Rejected):
    """The file is not an image that Rekbridge can read."""

    code = "unreadable-image"


class ImageTooLarge(Rejected):
    """The file or its number of pixels exceeds what Rekbridge decodes."""

    code = "image-too-large"


class ImageTooSmall(Rejected):
    """No scaling brings the image within an operation's limits."""

    code = "image-too-small"


class UnknownOperation(Rejected):
    """The operation is not in the catalog or not deployed."""

    code = "unknown-operation"


class RefusedByService(Rejected):
    """Rekognition answered that it will never accept this request."""

    code = "refused-by-service"


class InvalidRequest(Rejected):
    """The request has a form that the API does not know."""

    code = "invalid-request"


class NotYourPrefix(InvalidRequest):
    """The key is not one of the caller's own; whether it exists was not looked up."""

    code = "not-your-prefix"


class InvalidParameter(InvalidRequest):
    """Rekognition or this deployment does not accept a parameter; the message names it and what would be valid."""

    code = "invalid-parameter"


class RequestTooLarge(InvalidRequest):
    """The body is larger than one request can carry: upload the image instead."""

    code = "request-too-large"


class UnsupportedType(InvalidRequest):
    """The operation does not accept a body of this content type."""

    code = "unsupported-type"


class Unavailable(RekbridgeError):
    """It may succeed later: in `retry_in` seconds, or after a backoff that doubles with every delivery."""

    def __init__(self, why: str, retry_in: float | None = None) -> None:
        super().__init__(why)
        self.retry_in = retry_in


class Throttled(Unavailable):
    """The region's quota of this operation is used up for now; the call was not paid for."""


class ClaimHeld(Unavailable):
    """Another worker holds the lease on this work until `retry_in` seconds from now."""


class RegionRefused(Unavailable):
    """The region is not enabled for this account, or the role may not call it."""


class NoAnswer(Unavailable):
    """No answer came in time; whether the call was paid for is unknown."""


class NotReady(Unavailable):
    """The requested model does not run, or is being changed: its owner has to start it."""


class StagedCopyMissing(Unavailable):
    """Rekognition does not find the staged copy in its region."""


class OutOfAttempts(RekbridgeError):
    """Every paid attempt ended without an answer; a person has to look."""


class UnreadableMessage(RekbridgeError):
    """The queue message has a form that this version does not know."""
