"""The wheel where there is no checkout; last in this folder, for a project's tests run since the first one began."""

import subprocess
from pathlib import Path

import pytest
from rekbridge.support import paths

from tests.operator.conftest import Consumer

KIT = ("terraform", "modules", "engine", "scripts/localstack")
# Only looked at in a checkout.
LEFT_OUT = {"tests", "examples", "README.md", ".checkov.yaml"}


def told(consumer: Consumer, *arguments: str) -> str:
    """What a program of the consumer's environment prints, with nothing set."""
    command = [str(consumer.python), *arguments]
    return subprocess.run(command, cwd=consumer.project, env={}, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def kit(consumer: Consumer) -> Path:
    """What the wheel brought, in the consumer's environment."""
    consumer.report()
    return Path(told(consumer, "-c", "from rekbridge.support import paths; print(paths.ROOT)").strip())


def test_a_project_outside_the_checkout_passes_its_tests(consumer: Consumer) -> None:
    report = consumer.report()
    assert (consumer.run.returncode, "2 passed" in report) == (0, True), report


def test_what_runs_there_lies_in_its_own_environment(consumer: Consumer, kit: Path) -> None:
    assert kit.is_relative_to(consumer.folder / "venv")
    assert not (consumer.folder / "venv").is_relative_to(paths.ROOT)


def tracked(*folders: str) -> set[Path]:
    """The files of the checkout that belong to it."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return {Path(line) for line in listed.stdout.splitlines() if (paths.ROOT / line).exists()}


def test_the_wheel_has_every_file_of_the_kit(kit: Path) -> None:
    wanted = {file for file in tracked(*KIT) if not LEFT_OUT.intersection(file.parts)}
    assert {file for file in wanted if not (kit / file).exists()} == set()


def test_the_wheel_has_every_file_of_both_packages(kit: Path) -> None:
    for root, package in (("scripts", "rekbridge"), ("handlers", "rekbridge_lambda")):
        wanted = tracked(f"{root}/{package}")
        assert {file for file in wanted if not (kit.parents[1] / file.relative_to(root)).exists()} == set()


def test_nothing_is_written_beside_the_installed_kit(consumer: Consumer, kit: Path) -> None:
    code = "from importlib.metadata import files; print(*(file.locate() for file in files('rekbridge')), sep='\\n')"
    installed = {Path(line).resolve() for line in told(consumer, "-c", code).splitlines()}
    found = {file.resolve() for file in kit.parent.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    assert found <= installed


@pytest.mark.usefixtures("kit")
def test_without_a_checkout_all_that_is_made_lies_in_the_working_directory(consumer: Consumer) -> None:
    home = told(consumer, "-c", "from rekbridge.support import paths; print(paths.home())")
    assert home.strip() == str(consumer.project / ".rekbridge")


@pytest.mark.usefixtures("kit")
def test_the_installed_command_offers_what_needs_no_checkout(consumer: Consumer) -> None:
    code = "from rekbridge.cli import app; print(*(command.callback.__name__ for command in app.registered_commands))"
    commands = set(told(consumer, "-c", code).split())
    assert ({"deploy", "destroy", "package"} <= commands, commands & {"check", "demo"}) == (True, set())
