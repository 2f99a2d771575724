"""A trial is judged by its steps, and removed whatever happens."""

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from rekbridge.cli import app
from rekbridge.support.errors import OperatorError
from rekbridge.support.steps import Step, Steps
from rekbridge.testing.acceptance import commands, preparing, run
from rekbridge.testing.acceptance.identity import TrialIdentity
from rekbridge.testing.acceptance.outcomes import StepFailed, StepNotTried, StepResult, all_passed
from rekbridge.testing.acceptance.preparing import TrialTarget
from rekbridge.testing.acceptance.steps import AcceptanceStep
from rekbridge.testing.acceptance.transcript import TrialFacts
from rekbridge.testing.acceptance.trial import AcceptanceTrial
from typer.testing import CliRunner

IDENTITY = TrialIdentity("rekbridge-acc-0a1b2c", "123456789012", "eu-west-3", "eu-west-1")
FACTS = TrialFacts("2026-11-27", "0.1.0", "1.11.4", ["aws 5.100.0"], "aws", "eu-west-3", "eu-west-1", [])
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "you may not"}}, "PutObject")


@dataclass
class TrialFolder:
    folder: Path
    variables: dict[str, str] = field(default_factory=lambda: {"target": "aws"})
    tfvars: Path | None = Path("my trial.tfvars")


@dataclass
class StepTrial:
    """A trial whose steps do nothing."""

    terraform: TrialFolder
    identity: TrialIdentity = IDENTITY
    removed: list[str] = field(default_factory=list)


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StepTrial:
    """A remembered trial. It has no versions and no logs to read."""
    monkeypatch.setattr(run, "read_facts", lambda _: FACTS)
    monkeypatch.setattr(run, "describe_operations", lambda _: ["text: staged"])
    monkeypatch.setattr(run, "save_logs", lambda _, log: log.write_text("the functions' logs\n"))
    IDENTITY.remember(tmp_path / "trial")
    return StepTrial(TrialFolder(tmp_path / "trial"))


def make_step(name: str, outcome: str | BaseException = "as expected") -> AcceptanceStep:
    """A step that sees something, or raises."""

    def check(_: AcceptanceTrial, step: Step) -> str:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return AcceptanceStep(name, f"what {name} expects", check)


def make_removal(trial: StepTrial, error: BaseException | None = None) -> AcceptanceStep:
    def check(*_: Any) -> str:
        if error:
            raise error
        trial.removed.append(trial.identity.prefix)
        return "nothing is left"

    return AcceptanceStep("removal", "Destroy leaves nothing.", check)


@pytest.fixture
def run_it(trial: StepTrial, tmp_path: Path) -> Callable[..., list[StepResult]]:
    """Run a trial with these checks."""

    def run_trial(
        *checks: AcceptanceStep,
        deployment: AcceptanceStep | None = None,
        keep: bool = False,
        removal_error: BaseException | None = None,
    ) -> list[StepResult]:
        with Steps() as display:
            results, _ = run.run_trial(
                cast(AcceptanceTrial, trial),
                keep,
                display,
                tmp_path / "logs" / "trial.log",
                checks,
                deployment or make_step("deployment"),
                make_removal(trial, removal_error),
            )
        return results

    return run_trial


def list_outcomes(results: list[StepResult]) -> dict[str, str]:
    return {result.name: result.outcome for result in results}


def test_a_trial_whose_steps_pass_is_accepted_removed_and_forgotten(trial: StepTrial, run_it: Any) -> None:
    results = run_it(make_step("images"), make_step("plan"))
    assert list_outcomes(results) == dict.fromkeys(("deployment", "images", "plan", "removal"), "passed")
    assert all_passed(results)
    assert (trial.removed, list(trial.terraform.folder.iterdir())) == ([IDENTITY.prefix], [])


@pytest.mark.parametrize(
    ("error", "seen", "advice"),
    [
        (StepFailed("ten images", "nine", "Look at INGEST."), "Expected: ten images. Seen: nine.", "Look at INGEST."),
        (OperatorError("Terraform failed.", "Fix it."), "Terraform failed.", "Fix it."),
        (DENIED, "you may not", "Allow your role the action"),
        (TimeoutError("not within 9 s"), "not within 9 s", "run the command again"),
        (KeyError("defect"), "KeyError: 'defect'", "This is a defect"),
    ],
)
def test_a_step_that_fails_says_why_and_the_trial_goes_on_and_is_removed(
    trial: StepTrial, run_it: Any, error: Exception, seen: str, advice: str
) -> None:
    results = run_it(make_step("images", error), make_step("plan"))
    assert list_outcomes(results) == {"deployment": "passed", "images": "failed", "plan": "passed", "removal": "passed"}
    assert not all_passed(results)
    failed = results[1]
    assert seen in failed.seen
    assert advice in failed.next_step
    assert "--keep" in failed.next_step
    assert trial.removed == [IDENTITY.prefix]


def test_without_a_deployment_nothing_is_tried_and_the_rest_of_it_is_removed(trial: StepTrial, run_it: Any) -> None:
    results = run_it(make_step("images"), deployment=make_step("deployment", OperatorError("no quota", "Ask AWS.")))
    assert list_outcomes(results) == {"deployment": "failed", "images": "not tried", "removal": "passed"}
    assert trial.removed == [IDENTITY.prefix]


@pytest.mark.parametrize("name", ["deployment", "images"])
def test_after_ctrl_c_nothing_more_is_tried_and_the_trial_is_removed(trial: StepTrial, run_it: Any, name: str) -> None:
    interrupted = make_step(name, KeyboardInterrupt())
    steps = {"deployment": make_step("deployment"), "images": make_step("images"), name: interrupted}
    results = run_it(steps["images"], make_step("plan"), deployment=steps["deployment"])
    outcomes = list_outcomes(results)
    assert (outcomes[name], outcomes["plan"], outcomes["removal"]) == ("failed", "not tried", "passed")
    assert trial.removed == [IDENTITY.prefix]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OperatorError("in use", "Wait."), StepFailed("0", "1", "x")])
def test_a_trial_that_could_not_be_removed_is_remembered_and_says_how_to_remove_it(
    trial: StepTrial, run_it: Any, error: BaseException
) -> None:
    results = run_it(make_step("images"), removal_error=error)
    assert not all_passed(results)
    assert "rekbridge accept --clean --tfvars 'my trial.tfvars'" in results[-1].next_step
    assert TrialIdentity.load(trial.terraform.folder) == IDENTITY


def test_a_trial_on_an_emulator_is_removed_from_there(trial: StepTrial, run_it: Any) -> None:
    trial.terraform = TrialFolder(trial.terraform.folder, {"target": "ministack"}, None)
    results = run_it(make_step("images"), removal_error=OperatorError("in use", "Wait."))
    assert results[-1].next_step.endswith("rekbridge accept --clean --target ministack")


def test_a_trial_that_is_kept_is_remembered(trial: StepTrial, run_it: Any) -> None:
    results = run_it(make_step("images"), keep=True)
    assert list_outcomes(results) == {"deployment": "passed", "images": "passed"}
    assert (trial.removed, TrialIdentity.load(trial.terraform.folder)) == ([], IDENTITY)


def test_what_cannot_be_tried_is_no_failure(run_it: Any) -> None:
    results = run_it(make_step("staged", StepNotTried("no operation is staged")))
    assert list_outcomes(results)["staged"] == "not tried"
    assert all_passed(results)


def test_a_trial_of_nothing_is_not_accepted() -> None:
    assert not all_passed([StepResult("images", "", "not tried", "", 0)])


def test_logs_are_saved_before_they_are_removed_and_only_after_a_failure(
    trial: StepTrial, run_it: Any, tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "trial.log"
    run_it(make_step("images"), keep=True)
    assert not log.exists()
    run_it(make_step("images", StepFailed("ten", "nine", "Look.")))
    assert log.read_text() == "the functions' logs\n"


def test_a_removal_runs_also_where_reading_the_logs_fails(
    trial: StepTrial, run_it: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise DENIED

    monkeypatch.setattr(run, "save_logs", refuse)
    run_it(make_step("images", StepFailed("ten", "nine", "Look.")))
    assert trial.removed == [IDENTITY.prefix]


@pytest.fixture
def invoke(trial: StepTrial, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Invoke `rekbridge accept` with results instead of a trial."""

    def invoke_accept(results: list[StepResult], *options: str) -> Any:
        target = TrialTarget(trial.terraform.folder, {}, lambda *_: None, cast(Any, None), "", {}, {}, frozenset())
        monkeypatch.setattr(preparing, "find_target", lambda *_: target)
        monkeypatch.setattr(preparing, "prepare_trial", lambda *_: trial)
        monkeypatch.setattr(commands, "run_trial", lambda *_: (results, FACTS))
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        return CliRunner().invoke(app, ["accept", "--target", "ministack", *options])

    return invoke_accept


@pytest.mark.parametrize(("outcome", "exit_code"), [("passed", 0), ("failed", 1)])
def test_the_exit_code_is_0_only_if_every_step_passes(
    invoke: Any, tmp_path: Path, outcome: Any, exit_code: int
) -> None:
    file = tmp_path / "transcript.md"
    steps = [StepResult("images", "all done", "passed", "10", 1), StepResult("plan", "empty", outcome, "1", 1, "Fix.")]
    result = invoke(steps, "--transcript", str(file), "--json")
    assert result.exit_code == exit_code, result.output
    assert json.loads(file.with_suffix(".json").read_text())["accepted"] == (exit_code == 0)
    assert ("Not accepted" in file.read_text()) == bool(exit_code)
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_account_is_asked_for_with_costs_and_regions_before_anything_is_prepared(
    home: Path, tfvars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"home": "eu-west-3", "remote": "eu-west-1", "operations": ["faces", "labels", "text"]}
    target = TrialTarget(home, {}, lambda *_: None, cast(Any, None), "", settings, {}, frozenset())
    monkeypatch.setattr(preparing, "find_target", lambda *_: target)
    monkeypatch.setattr(preparing, "prepare_trial", lambda *_: pytest.fail("it was not confirmed"))
    for options in ([], ["--clean"]):
        result = CliRunner().invoke(app, ["accept", "--tfvars", str(tfvars), *options], input="n\n")
        assert (result.exit_code, "Aborted" in result.output) == (1, True)
        if not options:
            assert "at most 63 images" in result.output
            assert "at most 189 calls to Rekognition: about 0.19 USD" in result.output
            assert "eu-west-3 and eu-west-1" in result.output


def test_a_failure_on_the_screen_says_what_to_do(invoke: Any) -> None:
    result = invoke([StepResult("plan", "empty", "failed", "Expected: none. Seen: 1.", 1, "Fix it.")])
    assert "plan: Expected: none. Seen: 1.\nFix it." in result.output
