"""Runs one step, shows it, and turns whatever happens into its result."""

import time
import traceback
from pathlib import Path
from urllib.error import URLError

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.support import aws_errors
from rekbridge.support.errors import OperatorError
from rekbridge.support.steps import Step, Steps
from rekbridge.testing.acceptance.outcomes import StepFailed, StepNotTried, StepOutcome, StepResult
from rekbridge.testing.acceptance.steps import AcceptanceStep
from rekbridge.testing.acceptance.trial import AcceptanceTrial

INTERRUPTED = "It was interrupted."


def run_step(trial: AcceptanceTrial, step: AcceptanceStep, display: Steps, log: Path, advice: str) -> StepResult:
    """Run one step and return its result. Raises nothing: even a defect here must not leave a trial behind.

    `advice` follows what the failure itself advises. `log` gets the traceback of a defect.
    """
    started = time.monotonic()
    try:
        with display.run_step(step.name) as running:
            outcome, seen = _check(trial, step, running)
    except (Exception, KeyboardInterrupt) as error:
        seen, next_step = _describe_failure(error, log)
        seconds = time.monotonic() - started
        display.print_failure(step.name, seen, seconds)
        return StepResult(step.name, step.expected, "failed", seen, seconds, f"{next_step} {advice}")
    return StepResult(step.name, step.expected, outcome, seen, time.monotonic() - started)


def _check(trial: AcceptanceTrial, step: AcceptanceStep, running: Step) -> tuple[StepOutcome, str]:
    try:
        seen = step.check(trial, running)
        running.show(seen)
    except StepNotTried as reason:
        running.show(f"not tried: {reason}")
        return "not tried", str(reason)
    return "passed", seen


def was_interrupted(result: StepResult) -> bool:
    """Whether the step ended by Ctrl-C or SIGTERM."""
    return result.seen == INTERRUPTED


def _describe_failure(error: BaseException, log: Path) -> tuple[str, str]:
    """What was seen, and what to do about it."""
    match error:
        case KeyboardInterrupt():
            return INTERRUPTED, "Run the command again."
        case StepFailed() | OperatorError():
            return str(error), error.next_step
        case BotoCoreError() | ClientError() | URLError() | OSError():
            shown = aws_errors.to_operator_error(error)
            return str(shown), shown.next_step
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        traceback.print_exception(error, file=file)
    return f"{type(error).__name__}: {error}", "This is a defect: report it, with the log."
