"""`rekbridge accept`."""

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rekbridge.capacity.prices import Prices
from rekbridge.deploy.commands import ArchitectureOption, print_warning
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption
from rekbridge.packaging.commands import Architecture
from rekbridge.support import paths
from rekbridge.support.console import err, out
from rekbridge.support.steps import Steps
from rekbridge.testing.acceptance import preparing
from rekbridge.testing.acceptance.facts import read_facts
from rekbridge.testing.acceptance.outcomes import StepResult, all_passed
from rekbridge.testing.acceptance.preparing import TrialTarget
from rekbridge.testing.acceptance.region_checks import MAX_UPLOADS
from rekbridge.testing.acceptance.run import remove_trial, run_trial
from rekbridge.testing.acceptance.transcript import build_transcript, write_transcript

YesOption = Annotated[bool, typer.Option("--yes", help="Use the AWS account without asking for confirmation.")]
KeepOption = Annotated[bool, typer.Option("--keep", help="Leave the trial deployed, to look at it.")]
CleanOption = Annotated[bool, typer.Option("--clean", help="Only remove a trial that was kept, or that was killed.")]
TranscriptOption = Annotated[
    Path | None, typer.Option(help="Markdown file of the transcript. Default: a new one in .rekbridge/acceptance.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write the transcript as JSON, too, beside the Markdown.")]


def accept(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
    yes: YesOption = False,
    keep: KeepOption = False,
    clean: CleanOption = False,
    transcript: TranscriptOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a whole deployment under a name of its own: deploy, analyse, deny a region, destroy; write a transcript."""
    with out.status("Looking at the target"):
        found = preparing.find_target(target, tfvars)
    if target is DeploymentTarget.aws and not yes:
        _confirm(found, clean)
    with out.status("Preparing Terraform and the packages"):
        trial = preparing.prepare_trial(found, architecture, clean, print_warning)
    out.print(f"The trial {trial.identity.prefix} in {trial.identity.home} and {trial.identity.remote}", markup=False)
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    folder = paths.get_home() / "acceptance"
    log = folder / f"{trial.identity.prefix}-{started}.log"
    # A CI job that is cancelled gets SIGTERM; the trial is then removed, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Steps() as display:
        if clean:
            facts = read_facts(trial)
            results = [remove_trial(trial, display, log)]
        else:
            results, facts = run_trial(trial, keep, display, log)
    markdown = transcript or folder / f"{target}-{started}.md"
    write_transcript(
        build_transcript(facts, results, found.names), markdown, markdown.with_suffix(".json") if as_json else None
    )
    _print_end(results, markdown, log)
    if not all_passed(results):
        raise typer.Exit(1)


def _confirm(target: TrialTarget, clean: bool) -> None:
    """Say what it costs and takes, and ask."""
    if clean:
        typer.confirm("Remove the trial from your AWS account?", abort=True)
        return
    calls = MAX_UPLOADS * len(target.settings["operations"])
    prices = Prices.load()
    cost = prices.compute_cost("group 1", calls)
    out.print(
        f"A trial deploys to {target.settings['home']} and {target.settings['remote']} under a prefix of its own, and "
        "removes it. Your own deployment is not touched, but both share the account's quotas of Rekognition.\n"
        f"It uploads at most {MAX_UPLOADS} images, which are at most {calls} calls to Rekognition: about {cost:.2f} "
        f"{prices.currency} at AWS's list price ({prices.date}), and a few cents for everything else.\n"
        "Expect half an hour; a denied region without another one to take over adds ten minutes.",
        markup=False,
    )
    typer.confirm("Continue?", abort=True)


def _print_end(results: list[StepResult], markdown: Path, log: Path) -> None:
    for result in results:
        if result.next_step:
            err.print(f"{result.name}: {result.seen}\n{result.next_step}", style="red", markup=False)
    if log.exists():
        err.print(f"Logs, with account data: {log}", markup=False)
    out.print(f"Transcript, without account data: {markdown}", markup=False)
