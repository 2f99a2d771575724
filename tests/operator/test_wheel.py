"""The wheel without a checkout. This file comes last in its folder: the consumer's tests run meanwhile."""

import subprocess
from pathlib import Path

import pytest
from rekbridge.support import paths

from tests.operator.conftest import Consumer

KIT = ("terraform", "modules", "engine", "scripts/localstack")
# Only used in a checkout.
LEFT_OUT = {"tests", "examples", "recipe", ".checkov.yaml"}
# For the engine's own wheel.
ENGINE_PROJECT = {Path("engine/README.md"), Path("engine/pyproject.toml")}


def run_python(consumer: Consumer, *arguments: str) -> str:
    """Run Python in the consumer's environment, without environment variables, and return its output."""
    command = [str(consumer.python), *arguments]
    return subprocess.run(command, cwd=consumer.project, env={}, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def kit(consumer: Consumer) -> Path:
    """The folder of the wheel's files in the consumer's environment."""
    consumer.report()
    return Path(run_python(consumer, "-c", "from rekbridge.support import paths; print(paths.ROOT)").strip())


def test_a_project_outside_the_checkout_passes_its_tests(consumer: Consumer) -> None:
    report = consumer.report()
    assert (consumer.run.returncode, "3 passed" in report) == (0, True), report


def test_the_installed_files_are_in_the_consumers_environment(consumer: Consumer, kit: Path) -> None:
    assert kit.is_relative_to(consumer.folder / "venv")
    assert not (consumer.folder / "venv").is_relative_to(paths.ROOT)


def list_tracked_files(*folders: str) -> set[Path]:
    """Return the files of the checkout that git tracks."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return {Path(line) for line in listed.stdout.splitlines() if (paths.ROOT / line).exists()}


def test_the_wheel_has_every_file_of_the_kit(kit: Path) -> None:
    wanted = {file for file in list_tracked_files(*KIT) if not LEFT_OUT.intersection(file.parts)} - ENGINE_PROJECT
    assert {file for file in wanted if not (kit / file).exists()} == set()


def test_the_kit_has_the_engines_models_and_neither_its_recipe_nor_its_project(kit: Path) -> None:
    assert {file.name for file in (kit / "engine").iterdir()} - {"__pycache__"} == {
        "rekbridge_engine",
        "requirements.txt",
    }
    assert len(list((kit / "engine" / "rekbridge_engine" / "models").glob("*.onnx"))) == 7


def test_the_wheel_has_every_file_of_both_packages(kit: Path) -> None:
    for root, package in (("scripts", "rekbridge"), ("handlers", "rekbridge_lambda")):
        wanted = list_tracked_files(f"{root}/{package}")
        assert {file for file in wanted if not (kit.parents[1] / file.relative_to(root)).exists()} == set()


def test_nothing_is_written_beside_the_installed_kit(consumer: Consumer, kit: Path) -> None:
    code = "from importlib.metadata import files; print(*(file.locate() for file in files('rekbridge')), sep='\\n')"
    installed = {Path(line).resolve() for line in run_python(consumer, "-c", code).splitlines()}
    existing = {file.resolve() for file in kit.parent.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    assert existing <= installed


@pytest.mark.usefixtures("kit")
def test_without_a_checkout_files_are_written_to_the_working_directory(consumer: Consumer) -> None:
    home = run_python(consumer, "-c", "from rekbridge.support import paths; print(paths.get_home())")
    assert home.strip() == str(consumer.project / ".rekbridge")


@pytest.mark.usefixtures("kit")
def test_the_installed_command_has_the_commands_that_need_no_checkout(consumer: Consumer) -> None:
    code = "from rekbridge.cli import app; print(*(command.callback.__name__ for command in app.registered_commands))"
    commands = set(run_python(consumer, "-c", code).split())
    assert ({"deploy", "destroy", "package"} <= commands, commands & {"check", "demo"}) == (True, set())
