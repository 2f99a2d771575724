"""The engine's pytest plugin, in a project that has nothing else of Rekbridge."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from rekbridge.support import paths

from tests.engine.engine_process import get_python, wait_until
from tests.engine.test_process import is_alive

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def local_rekognition_python():
    return {python!r}
"""
ENGINE_TEST = """
import boto3
import pytest

def count_labels(image):
    return len(boto3.client("rekognition", region_name="eu-west-1").detect_labels(Image={{"Bytes": image}})["Labels"])

IMAGE = open({photo!r}, "rb").read()

def test_answer(local_rekognition):
    local_rekognition.answer("DetectLabels", {{"Labels": [{{"Name": "Unicorn"}}] * 77}}, region="eu-west-1")
    assert count_labels(IMAGE) == 77
    assert [call["operation"] for call in local_rekognition.list_calls()] == ["DetectLabels"]

def test_nothing_is_left_of_the_test_before(local_rekognition):
    assert (local_rekognition.list_answers(), local_rekognition.list_calls()) == ([], [])
    local_rekognition.add_fault(fault="throttle")
    with pytest.raises(local_rekognition.create_client().exceptions.ProvisionedThroughputExceededException):
        count_labels(IMAGE)
"""
UNRELATED_TEST = """
import sys

def test_what_is_loaded():
    ours = {name for name in sys.modules if name.partition(".")[0] == "rekbridge_engine"}
    assert (ours, sys.modules.keys() & {"boto3"}) == ({"rekbridge_engine", "rekbridge_engine.pytest_plugin"}, set())
"""
KILLED_TEST = """
import os, pathlib, signal

def test_is_killed(local_rekognition_engine):
    pathlib.Path("engine.pid").write_text(str(local_rekognition_engine.process.pid))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def run_pytest(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.format(python=get_python()))
    (folder / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:rekbridge", "-p", "rekbridge_engine.pytest_plugin"]
    environment = os.environ | {"PYTHONPATH": str(paths.ENGINE_FOLDER)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_fixture_gives_ordered_answers_to_the_clients_of_a_test(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, ENGINE_TEST.format(photo=str(paths.ROOT / "tests" / "photos" / "cat.jpg")))
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_only_the_plugins_one_module_is_loaded_if_no_test_uses_a_fixture(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, UNRELATED_TEST)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_engine_ends_with_a_pytest_that_is_killed(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, KILLED_TEST)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    pid = int((tmp_path / "engine.pid").read_text())
    wait_until(lambda: not is_alive(pid), 10)
