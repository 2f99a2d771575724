"""Runs a trial. Whatever happens, it is removed at the end, unless it is to be kept."""

import shlex
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rekbridge.deploy.targets import format_target_options
from rekbridge.support.steps import Steps
from rekbridge.testing.acceptance.facts import describe_operations, read_facts, save_logs
from rekbridge.testing.acceptance.outcomes import StepResult
from rekbridge.testing.acceptance.running import run_step, was_interrupted
from rekbridge.testing.acceptance.steps import CHECKS, DEPLOYMENT, REMOVAL, AcceptanceStep
from rekbridge.testing.acceptance.transcript import TrialFacts
from rekbridge.testing.acceptance.trial import AcceptanceTrial

KEEP_TO_LOOK = "To look at the deployment itself, run the trial again with --keep."


def run_trial(
    trial: AcceptanceTrial,
    keep: bool,
    display: Steps,
    log: Path,
    checks: Sequence[AcceptanceStep] = CHECKS,
    deployment: AcceptanceStep = DEPLOYMENT,
    removal: AcceptanceStep = REMOVAL,
) -> tuple[list[StepResult], TrialFacts]:
    """Deploy, run all checks, and remove the trial. `log` gets the functions' logs and tracebacks if a step fails."""
    facts, results = read_facts(trial), list[StepResult]()
    try:
        results += run_checks(trial, deployment, checks, display, log)
        if results[0].outcome == "passed":
            facts = replace(facts, operations=describe_operations(trial))
            if any(result.outcome == "failed" for result in results):
                _save_logs(trial, log)
    finally:
        if not keep:
            results.append(remove_trial(trial, display, log, removal))
    return results, facts


def run_checks(
    trial: AcceptanceTrial, deployment: AcceptanceStep, checks: Iterable[AcceptanceStep], display: Steps, log: Path
) -> list[StepResult]:
    """Deploy, then run all checks, also after one that fails; but none without a deployment, and none after Ctrl-C."""
    results = [run_step(trial, deployment, display, log, KEEP_TO_LOOK)]
    obstacle = "there is no complete deployment" if results[0].outcome == "failed" else ""
    for check in checks:
        if was_interrupted(results[-1]):
            obstacle = "the trial was interrupted before"
        if obstacle:
            results.append(StepResult(check.name, check.expected, "not tried", obstacle, 0))
        else:
            results.append(run_step(trial, check, display, log, KEEP_TO_LOOK))
    return results


def remove_trial(trial: AcceptanceTrial, display: Steps, log: Path, removal: AcceptanceStep = REMOVAL) -> StepResult:
    """Remove the trial, and forget it if nothing is left."""
    result = run_step(trial, removal, display, log, advise_cleaning(trial))
    if result.outcome == "passed":
        trial.identity.forget(trial.terraform.folder)
    return result


def advise_cleaning(trial: AcceptanceTrial) -> str:
    """Return the command that removes this trial later."""
    options = format_target_options(trial.terraform.variables["target"])
    tfvars = trial.terraform.tfvars
    command = ["rekbridge", "accept", "--clean", *options, *(["--tfvars", str(tfvars)] if tfvars else [])]
    return f"The trial is still there. Remove it: {shlex.join(command)}"


def _save_logs(trial: AcceptanceTrial, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        save_logs(trial, log)
    except Exception:
        # They are a help only, and must not keep the trial from being removed.
        with log.open("a") as file:
            traceback.print_exc(file=file)
