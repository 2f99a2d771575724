"""Errors of a first apply that pass by themselves: AWS has made something, and does not know of it everywhere yet.

The provider repeats most of these calls for a minute or two. What is here has been reported in spite of it, with "the
second apply works". An error about the lock of the state is not here: it is for a person to decide.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransientError:
    """A part of AWS's message, what it means in a first apply, and where it was reported."""

    text: str
    meaning: str
    source: str


TRANSIENT_ERRORS = (
    TransientError(
        "Unable to validate the following destination configurations",
        "S3 does not know the policy of the topic or the queue yet",
        "https://github.com/milliHQ/terraform-aws-next-js/issues/138",
    ),
    TransientError(
        "The role defined for the function cannot be assumed by Lambda",
        "Lambda does not know the role yet",
        "https://github.com/hashicorp/terraform-provider-aws/issues/14285",
    ),
    TransientError(
        "The provided execution role does not have permissions to call",
        "Lambda does not know the role's policy yet",
        "https://github.com/milliHQ/terraform-aws-next-js/issues/138",
    ),
    TransientError(
        "OperationAborted: A conflicting conditional operation is currently in progress against this resource",
        "S3 still works on an earlier change of the bucket",
        "https://github.com/hashicorp/terraform-provider-aws/issues/33478",
    ),
    TransientError(
        "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals",
        "KMS does not know a role in the key's policy yet",
        "https://github.com/hashicorp/terraform-provider-aws/issues/245",
    ),
    TransientError(
        "ResourceConflictException: The operation cannot be performed at this time. An update is in progress",
        "Lambda still works on an earlier change of the function",
        "https://github.com/hashicorp/terraform-provider-aws/issues/5154",
    ),
)


def find_transient_errors(reasons: tuple[str, ...]) -> list[TransientError]:
    """Return what each of Terraform's errors is, or nothing if one of them does not pass by itself."""
    found = [_find(" ".join(reason.split())) for reason in reasons]
    return [] if None in found else [error for error in found if error]


def _find(reason: str) -> TransientError | None:
    return next((error for error in TRANSIENT_ERRORS if error.text in reason), None)
