"""What a user is told instead of a traceback, by the command itself."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    SSOTokenLoadError,
)
from rekbridge.cli import Told, app
from rekbridge.support import aws_errors
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running
from rekbridge.testing import until
from typer.testing import CliRunner

from tests.unit.rekbridge.conftest import Aws


def answered(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because"}}, "GetAccount")


@pytest.mark.parametrize(
    ("error", "says", "next_step"),
    [
        (NoCredentialsError(), "no AWS credentials", "AWS_PROFILE"),
        (SSOTokenLoadError(error_msg="gone"), "gone", "aws sso login"),
        (answered("ExpiredToken"), "have expired", "aws sso login"),
        (answered("UnrecognizedClientException"), "does not know your credentials", "AWS_PROFILE"),
        (answered("AccessDeniedException"), "GetAccount", "allowed"),
        (answered("TooManyRequestsException"), "TooManyRequests", "again"),
        (EndpointConnectionError(endpoint_url="https://there"), "https://there", "network"),
        (PermissionError(13, "Permission denied", "/root/x"), "/root/x", "REKBRIDGE_HOME"),
    ],
)
def test_every_failure_says_what_is_wrong_and_what_to_do(
    error: BotoCoreError | ClientError | OSError, says: str, next_step: str
) -> None:
    told = aws_errors.told(error)
    assert says in str(told)
    assert next_step in told.next_step


@pytest.mark.parametrize("error", [NoCredentialsError(), answered("ExpiredToken"), PermissionError(13, "no", "/x")])
def test_a_command_that_fails_so_ends_in_words_and_with_1(error: Exception) -> None:
    failing = typer.Typer(cls=Told)

    @failing.callback(invoke_without_command=True)
    def fail() -> None:
        raise error

    done = CliRunner().invoke(failing)
    assert (done.exit_code, type(done.exception), "Traceback" in done.output) == (1, SystemExit, False)


def told(*arguments: str) -> str:
    """What the command says, having failed in order."""
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    return done.output


def test_a_folder_that_cannot_be_written_is_named(
    tfvars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("REKBRIDGE_HOME", str(tmp_path / "file"))
    assert "file/terraform" in told("capacity", "--tfvars", str(tfvars))


def test_a_session_that_is_over_ends_a_command_that_asks_aws(tfvars: Path, aws: Aws) -> None:
    aws.status, aws.body = 403, {"__type": "ExpiredTokenException", "message": "over"}
    assert "Your AWS credentials have expired" in told("quotas", "refresh", "--tfvars", str(tfvars))


def test_variables_without_a_value_are_named(tfvars: Path) -> None:
    tfvars.write_text('remote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n')
    said = told("deploy", "--tfvars", str(tfvars)).replace("\n", " ")
    assert [name for name in ("home_region", "operations") if f'variable "{name}" is not set' not in said] == []


@pytest.mark.usefixtures("home")
def test_a_localstack_that_does_not_answer_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert "No LocalStack answers at http://127.0.0.1:9" in told("deploy", "--target", "localstack")


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs as terraform from now on."""
    (folder / "terraform").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_without_terraform_its_place_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError) as missing:
        running.run(tmp_path, ["version"], {})
    assert "developer.hashicorp.com" in missing.value.next_step


def test_a_terraform_that_dies_without_a_word_is_told_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "exit 7", monkeypatch)
    with pytest.raises(OperatorError, match="exit code 7"):
        running.run(tmp_path, ["version"], {})


def test_ctrl_c_lets_terraform_end_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        tmp_path, "trap 'sleep 1; touch unlocked; exit' INT; touch began; while :; do sleep 0.05; done", monkeypatch
    )
    ours = """
import signal
from pathlib import Path
from rekbridge.terraform import running
# What runs the tests in the background may have them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
running.run(Path("."), ["plan"], {})
"""
    # A group of its own gets the signal as all of a terminal's do.
    with subprocess.Popen(
        [sys.executable, "-c", ours], cwd=tmp_path, process_group=0, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until((tmp_path / "began").exists, "terraform begins", patience_s=20)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) != 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert (tmp_path / "unlocked").exists()
