"""The hashes in the files of pins."""

from pathlib import Path

import pytest
from rekbridge.packaging import pins
from rekbridge.packaging.pins import PinFile
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.json_types import JsonObject

PIN_FILES = pins.list_pin_files()
COMMON = "demo-1.0"
WHEELS = [
    f"{COMMON}-cp313-cp313-manylinux_2_28_x86_64.whl",
    f"{COMMON}-cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
]


def list_files(*filenames: str) -> list[JsonObject]:
    """PyPI's list, in which the digest of a file is its name."""
    return [{"filename": filename, "hashes": {"sha256": filename}} for filename in filenames]


@pytest.mark.parametrize("file", PIN_FILES, ids=lambda file: str(file.path.relative_to(paths.ROOT)))
def test_every_pin_has_a_hash(file: PinFile) -> None:
    text = file.path.read_text()
    without = [f"{name}=={version}\n" for name, version in pins.read_pins(text).items()]
    assert [pin for pin in without if pin in text] == []
    assert text.count(" \\\n    --hash=sha256:") == text.count("--hash=") >= len(without)


def test_what_is_installed_here_has_the_versions_of_the_lambdas() -> None:
    lambdas, here = (
        {name.replace("_", "-"): version for name, version in pins.read_pins(file.path.read_text()).items()}
        for file in PIN_FILES[:2]
    )
    assert here | lambdas == here


@pytest.mark.parametrize(
    "other",
    [
        "demo-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        "demo-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl",
        "demo-1.0-cp313-cp313-musllinux_1_2_x86_64.whl",
        "demo-1.0-cp313-cp313-macosx_11_0_arm64.whl",
        "demo-1.0-cp313-cp313-win_amd64.whl",
        "demo-1.1-cp313-cp313-manylinux_2_28_x86_64.whl",
        "demo-1.0.tar.gz",
        "demo-1.0.linux-x86_64.exe",
    ],
)
@pytest.mark.parametrize("is_for_lambda", [True, False])
def test_what_pip_must_not_take_has_no_hash(other: str, is_for_lambda: bool) -> None:
    assert pins.select_hashes("demo", "1.0", list_files(*WHEELS, other), is_for_lambda) == sorted(WHEELS)


@pytest.mark.parametrize("wheel", [f"{COMMON}-py3-none-any.whl", f"{COMMON}-cp39-abi3-manylinux2014_x86_64.whl"])
def test_wheels_of_every_kind_that_pip_may_take_have_a_hash(wheel: str) -> None:
    assert wheel in pins.select_hashes("demo", "1.0", list_files(*WHEELS, wheel), True)


def test_a_wheel_for_a_newer_system_than_lambdas_has_no_hash_there() -> None:
    newer = f"{COMMON}-cp313-cp313-manylinux_2_39_x86_64.whl"
    files = list_files(*WHEELS, newer)
    assert newer not in pins.select_hashes("demo", "1.0", files, True)
    assert newer in pins.select_hashes("demo", "1.0", files, False)


@pytest.mark.parametrize("files", [WHEELS[:1], WHEELS[1:], [f"{COMMON}.tar.gz"]])
def test_a_pin_for_lambda_needs_a_wheel_for_both_machines(files: list[str]) -> None:
    with pytest.raises(OperatorError, match=r"no wheel of demo 1\.0 for Lambda"):
        pins.select_hashes("demo", "1.0", list_files(*files), True)


def test_a_source_archive_counts_where_there_is_no_wheel() -> None:
    files = list_files(WHEELS[0], f"{COMMON}.tar.gz", "demo-1.1.tar.gz", "demo_other-1.0.tar.gz")
    assert pins.select_hashes("demo", "1.0", files, False) == sorted([WHEELS[0], f"{COMMON}.tar.gz"])


def test_a_version_without_files_is_refused() -> None:
    with pytest.raises(OperatorError, match=r"no file of demo 1\.0"):
        pins.select_hashes("demo", "1.0", list_files("demo-1.1.tar.gz"), False)


def test_new_hashes_replace_old_ones_and_comments_stay() -> None:
    old = "# Why.\ndemo==1.0 \\\n    --hash=sha256:old \\\n    --hash=sha256:older\nother==2\n"
    new = (
        "# Why.\ndemo==1.0 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n"
        "other==2 \\\n    --hash=sha256:c\n"
    )  # fmt: skip
    assert pins.write_hashes(old, {"demo": ["a", "b"], "other": ["c"]}) == new


@pytest.mark.parametrize("line", ["demo>=1.0", "demo", "demo==1.0; python_version < '3'", "-r other.txt", "demo==1.*"])
def test_a_line_that_is_no_pin_is_refused(line: str) -> None:
    with pytest.raises(OperatorError, match="is not a pin"):
        pins.read_pins(f"six==1.17.0\n{line}\n")


def test_only_files_that_differ_are_written(tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("demo==1.0\n")
    two.write_text("# demo\n")
    files = [PinFile(one), PinFile(two)]
    assert pins.update_pin_files(files, lambda _: list_files(*WHEELS)) == [one]
    assert pins.update_pin_files(files, lambda _: list_files(*WHEELS)) == []
