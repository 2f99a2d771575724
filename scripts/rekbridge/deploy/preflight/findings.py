"""What a check finds, and how all findings are shown together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.support.aws_errors import ACCESS_DENIED_CODES, get_error_code, to_operator_error
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify

# In the text of a refusal by the organisation, which binds the functions' roles as well.
REFUSED_BY_ORGANISATION = "service control policy"

# What a check may raise: an error that says what to do, or one of AWS.
CHECK_ERRORS = (OperatorError, ClientError, BotoCoreError)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason why a deployment would fail half-way: what is wrong, and what to do."""

    problem: str
    next_step: str


def collect(checks: Iterable[Callable[[], Sequence[Finding]]]) -> list[Finding]:
    """Run all checks and return all findings. An error of one check is a finding, too, and does not stop the others."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except CHECK_ERRORS as error:
            findings.append(describe_failure(error))
    return list(dict.fromkeys(findings))


def describe_failure(error: Exception) -> Finding:
    """Say why a check itself could not be made; `error` is one of CHECK_ERRORS."""
    shown = error if isinstance(error, OperatorError) else to_operator_error(error)  # type: ignore[arg-type]
    return Finding(str(shown), shown.next_step)


def require_none(findings: Sequence[Finding]) -> None:
    """Raise OperatorError with all findings, unless there are none."""
    if not findings:
        return
    if len(findings) == 1:
        raise OperatorError(f"{findings[0].problem}\nNothing was planned or changed.", findings[0].next_step)
    problems = "\n".join(f"{number}. {finding.problem}" for number, finding in enumerate(findings, 1))
    steps = "\n\n".join(f"{number}. {finding.next_step.rstrip()}" for number, finding in enumerate(findings, 1))
    raise OperatorError(
        f"The account is not ready, for {len(findings)} reasons:\n{problems}\nNothing was planned or changed.", steps
    )


def read_if_permitted[T](read: Callable[[], T], unread: str, permission: str, notify: Notify) -> T | None:
    """Return what `read` returns. Without the permission, notify the operator what stays `unread`, and return None.

    A refusal by an organisation's policy is raised: it refuses the functions, too.
    """
    try:
        return read()
    except ClientError as error:
        if get_error_code(error) not in ACCESS_DENIED_CODES:
            raise
        if REFUSED_BY_ORGANISATION in str(error):
            raise OperatorError(
                f"A policy of your organisation refuses what the deployment needs: {error}",
                "Have the policy changed: docs/permissions.md has one that denies other regions only.",
            ) from error
        notify(f"{unread}: {error}. Reading it needs {permission}.")
        return None
