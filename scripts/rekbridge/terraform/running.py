"""Runs the program `terraform` and always waits for its end, also after Ctrl-C."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.parent_death_signal import with_death_signal
from rekbridge.terraform import provider

NEXT_STEP = "Fix what Terraform names above, then run the command again."


def init(root: Path, environment: Mapping[str, str], *options: str) -> None:
    """Run `terraform init`, one process at a time: a provider cache does not support concurrent writers."""
    mirror = provider.find_mirror()
    with locks.hold(paths.get_home() / "terraform" / "init.lock"):
        run(
            root,
            ["init", "-input=false", *options, *provider.build_init_options(mirror)],
            {**environment, **provider.build_cache_environment(mirror)},
        )


def run(root: Path, arguments: list[str], environment: Mapping[str, str]) -> str:
    """Run a command and return its output. Raises OperatorError with Terraform's messages if it fails."""
    process = run_unchecked(root, arguments, environment)
    if process.returncode != 0:
        raise to_operator_error((process.stdout + process.stderr).strip() or f"exit code {process.returncode}")
    return process.stdout


def run_unchecked(
    root: Path, arguments: list[str], environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command with `stdin` as its input, and return the result, failed or not."""
    # Options come between the command, which is two words for the state, and its operands.
    words = 2 if arguments[0] == "state" else 1
    command = build_command(root, [*arguments[:words], "-no-color", *arguments[words:]])
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            output, errors = process.communicate(stdin)
        except KeyboardInterrupt:
            # Terraform got the same Ctrl-C. Wait: killed, as `subprocess.run` would do, it leaves the state locked.
            process.communicate()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


class TerraformError(OperatorError):
    """Terraform failed. `reasons` has each of its errors, complete."""

    def __init__(self, reasons: Sequence[str], next_step: str = NEXT_STEP) -> None:
        super().__init__("Terraform failed.\n\n" + "\n\n".join(reasons), next_step)
        self.reasons = tuple(reasons)


def to_operator_error(reason: str) -> TerraformError:
    """Wrap Terraform's errors for the operator."""
    return TerraformError([reason])


def build_command(root: Path, arguments: list[str]) -> list[str]:
    """Return the command line. Raises OperatorError if Terraform is not installed."""
    terraform = shutil.which("terraform")
    if terraform is None:
        raise OperatorError(
            "There is no `terraform` on the PATH.",
            "Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install",
        )
    return with_death_signal([terraform, f"-chdir={root}", *arguments])
