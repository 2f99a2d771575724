"""Runs the program `terraform`: to its end, also after a Ctrl-C."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.parent_death_signal import tethered
from rekbridge.terraform import provider


def init(root: Path, environment: Mapping[str, str], *options: str) -> None:
    """`terraform init`, one at a time: a provider cache is not made for two."""
    mirror = provider.mirror()
    with locks.held(paths.home() / "terraform" / "init.lock"):
        run(
            root,
            ["init", "-input=false", *options, *provider.init_options(mirror)],
            {**environment, **provider.cache(mirror)},
        )


def run(root: Path, arguments: list[str], environment: Mapping[str, str]) -> str:
    """Run to the end and give the output. Raises OperatorError with Terraform's own words."""
    done = attempt(root, arguments, environment)
    if done.returncode != 0:
        raise failed((done.stdout + done.stderr).strip() or f"exit code {done.returncode}")
    return done.stdout


def attempt(
    root: Path, arguments: list[str], environment: Mapping[str, str], asked: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run to the end, whatever comes of it; `asked` is what it reads from its input."""
    # Options come before the operands that only `show` has.
    told = command(root, [arguments[0], "-no-color", *arguments[1:]])
    pipe = subprocess.PIPE
    with subprocess.Popen(told, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            output, errors = process.communicate(asked)
        except KeyboardInterrupt:
            # Terraform got the same Ctrl-C: killed, as `subprocess.run` would, it leaves the state locked.
            process.communicate()
            raise
    return subprocess.CompletedProcess(told, process.returncode, output, errors)


def failed(why: str) -> OperatorError:
    """Terraform's errors, as an error of ours."""
    return OperatorError(f"Terraform failed.\n\n{why}", "Mend what Terraform names above, then run it again.")


def command(root: Path, arguments: list[str]) -> list[str]:
    """The command line. Raises OperatorError where there is no Terraform."""
    terraform = shutil.which("terraform")
    if terraform is None:
        raise OperatorError(
            "There is no `terraform` on this machine's PATH.",
            "Install Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install",
        )
    return tethered([terraform, f"-chdir={root}", *arguments])
