"""What `rekbridge residency audit` prints, and with which code it exits."""

import json
from typing import Any

import pytest
from rekbridge.cli import app
from rekbridge.residency import commands
from rekbridge.residency.audit.report import to_dict
from rekbridge.residency.audit.verdicts import Judgement, Status, Verdict
from typer.testing import CliRunner

from tests.unit.rekbridge.residency_account import create_subject

PASSED = Verdict("bucket-region", "images", "eu-west-3", Judgement(Status.PASSED, "in eu-west-3"))
FAILED = Verdict("bucket-tls", "images", "eu-west-3", Judgement(Status.FAILED, "no [TLS]", "Run `rekbridge deploy`."))
UNKNOWN = Verdict("ai-opt-out", "account", "all regions", Judgement(Status.UNKNOWN, "access denied", "Allow it."))
ADVICE = Verdict("cloudtrail", "records", "eu-west-1", Judgement(Status.ADVICE, "no trail", "Look."))


def run_audit(monkeypatch: pytest.MonkeyPatch, verdicts: list[Verdict], *options: str) -> Any:
    """Run the command on a deployment that has these verdicts."""
    monkeypatch.setattr(commands, "get_terraform", lambda *_: None)
    monkeypatch.setattr(commands, "open_deployment", lambda _: (create_subject({}).deployed, None))
    monkeypatch.setattr(commands, "run_audit", lambda *_: verdicts)
    return CliRunner().invoke(app, ["residency", "audit", *options])


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([PASSED], 0),
        ([PASSED, ADVICE], 0),
        ([PASSED, UNKNOWN], 3),
        ([PASSED, FAILED], 1),
        ([UNKNOWN, FAILED, ADVICE], 1),
    ],
)
def test_a_failure_exits_with_1_and_what_cannot_be_told_with_3(
    monkeypatch: pytest.MonkeyPatch, verdicts: list[Verdict], code: int
) -> None:
    assert run_audit(monkeypatch, verdicts).exit_code == code


def test_each_check_is_printed_with_what_was_seen_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run_audit(monkeypatch, [PASSED, FAILED, UNKNOWN, ADVICE]).output
    for text in ("✓ images (eu-west-3): in eu-west-3", "✗ images (eu-west-3): no [TLS]", "→ Run `rekbridge deploy`."):
        assert text in printed
    assert "? account (all regions): access denied" in printed
    assert printed.endswith("1 pass, 1 fail, 1 cannot tell, 1 advice\n")


def test_the_json_has_every_verdict_and_nothing_else_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_audit(monkeypatch, [PASSED, FAILED], "--json")
    assert json.loads(result.stdout) == to_dict([PASSED, FAILED])
    assert to_dict([FAILED])["checks"] == [
        {
            "check": "bucket-tls",
            "resource": "images",
            "region": "eu-west-3",
            "status": "fail",
            "seen": "no [TLS]",
            "next_step": "Run `rekbridge deploy`.",
        }
    ]


def test_without_a_deployment_there_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "get_terraform", lambda *_: None)
    monkeypatch.setattr(commands, "open_deployment", lambda _: None)
    result = CliRunner().invoke(app, ["residency", "audit"])
    assert (result.exit_code, "Nothing is deployed" in result.output) == (1, True)
