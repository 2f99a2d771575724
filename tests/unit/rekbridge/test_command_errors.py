"""The errors that commands print instead of a traceback."""

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
from rekbridge.cli import FriendlyErrorGroup, app
from rekbridge.support import aws_errors
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running
from rekbridge.testing import wait_until
from typer.testing import CliRunner

from tests.unit.rekbridge.conftest import Aws


def create_client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because"}}, "GetAccount")


@pytest.mark.parametrize(
    ("error", "says", "next_step"),
    [
        (NoCredentialsError(), "no AWS credentials", "AWS_PROFILE"),
        (SSOTokenLoadError(error_msg="gone"), "gone", "aws sso login"),
        (create_client_error("ExpiredToken"), "have expired", "aws sso login"),
        (create_client_error("UnrecognizedClientException"), "does not know your credentials", "AWS_PROFILE"),
        (create_client_error("AccessDeniedException"), "GetAccount", "Allow your role"),
        (create_client_error("TooManyRequestsException"), "TooManyRequests", "again"),
        (EndpointConnectionError(endpoint_url="https://there"), "https://there", "network"),
        (PermissionError(13, "Permission denied", "/root/x"), "/root/x", "REKBRIDGE_HOME"),
    ],
)
def test_every_error_says_what_is_wrong_and_what_to_do(
    error: BotoCoreError | ClientError | OSError, says: str, next_step: str
) -> None:
    shown = aws_errors.to_operator_error(error)
    assert says in str(shown)
    assert next_step in shown.next_step


@pytest.mark.parametrize(
    "error", [NoCredentialsError(), create_client_error("ExpiredToken"), PermissionError(13, "no", "/x")]
)
def test_a_failing_command_exits_with_1_and_without_a_traceback(error: Exception) -> None:
    failing = typer.Typer(cls=FriendlyErrorGroup)

    @failing.callback(invoke_without_command=True)
    def fail() -> None:
        raise error

    result = CliRunner().invoke(failing)
    assert (result.exit_code, type(result.exception), "Traceback" in result.output) == (1, SystemExit, False)


def run_failing(*arguments: str) -> str:
    """Run a command that has to fail with a message, and return its output."""
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    return result.output


@pytest.mark.parametrize("origin", ["*", "null", "127.0.0.1:5173", "http://127.0.0.1:5173/", "HTTP://a", "file://a"])
def test_an_origin_that_no_browser_sends_is_refused(home: Path, origin: str) -> None:
    assert "not the origin of a web page" in run_failing("cloud", "up", "--allow-origin", origin)


def test_a_folder_that_cannot_be_written_is_named(
    tfvars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("REKBRIDGE_HOME", str(tmp_path / "file"))
    assert "file/terraform" in run_failing("capacity", "--tfvars", str(tfvars))


def test_expired_credentials_are_reported(tfvars: Path, aws: Aws) -> None:
    aws.status, aws.body = 403, {"__type": "ExpiredTokenException", "message": "over"}
    assert "Your AWS credentials have expired" in run_failing("quotas", "refresh", "--tfvars", str(tfvars))


def test_variables_without_a_value_are_named(tfvars: Path) -> None:
    tfvars.write_text('remote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n')
    output = run_failing("deploy", "--tfvars", str(tfvars)).replace("\n", " ")
    assert [name for name in ("home_region", "operations") if f'variable "{name}" is not set' not in output] == []


@pytest.mark.usefixtures("home")
def test_a_localstack_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert "No LocalStack answers at http://127.0.0.1:9" in run_failing("deploy", "--target", "localstack")


def install_terraform(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a script as the program `terraform`."""
    (folder / "terraform").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_without_terraform_the_error_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError) as missing:
        running.run(tmp_path, ["version"], {})
    assert "developer.hashicorp.com" in missing.value.next_step


def test_a_terraform_that_fails_silently_is_reported_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_terraform(tmp_path, "exit 7", monkeypatch)
    with pytest.raises(OperatorError, match="exit code 7"):
        running.run(tmp_path, ["version"], {})


def test_ctrl_c_lets_terraform_end_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_terraform(
        tmp_path, "trap 'sleep 1; touch unlocked; exit' INT; touch started; while :; do sleep 0.05; done", monkeypatch
    )
    ours = """
import signal
from pathlib import Path
from rekbridge.terraform import running
# A test process in the background may ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
running.run(Path("."), ["plan"], {})
"""
    # In a process group of its own, all processes get the signal, as in a terminal.
    with subprocess.Popen(
        [sys.executable, "-c", ours], cwd=tmp_path, process_group=0, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until((tmp_path / "started").exists, "terraform starts", timeout_s=20)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) != 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert (tmp_path / "unlocked").exists()
