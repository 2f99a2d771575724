"""What `rekbridge residency audit` prints, and with which code it exits."""

import json
from typing import Any

import pytest
from rekbridge.cli import app
from rekbridge.residency import commands
from rekbridge.residency.audit.report import to_dict
from rekbridge.residency.audit.verdicts import AuditJudgement, AuditVerdict, Status
from typer.testing import CliRunner

from tests.unit.rekbridge.residency_account import create_subject

PASSED = AuditVerdict("bucket-region", "images", "eu-west-3", AuditJudgement(Status.PASSED, "in eu-west-3"))
NO_TLS = AuditJudgement(Status.FAILED, "no [TLS]", "Run `rekbridge deploy`.")
FAILED = AuditVerdict("bucket-tls", "images", "eu-west-3", NO_TLS)
DENIED = AuditJudgement(Status.UNKNOWN, "access denied", "Allow it.")
UNKNOWN = AuditVerdict("ai-opt-out", "account", "all regions", DENIED)
ADVICE = AuditVerdict("cloudtrail", "records", "eu-west-1", AuditJudgement(Status.ADVICE, "no trail", "Look."))


def run_audit(monkeypatch: pytest.MonkeyPatch, verdicts: list[AuditVerdict], *options: str) -> Any:
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
def test_a_failure_exits_with_1_and_an_unreadable_check_with_3(
    monkeypatch: pytest.MonkeyPatch, verdicts: list[AuditVerdict], code: int
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
