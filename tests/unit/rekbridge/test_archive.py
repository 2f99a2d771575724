import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rekbridge.packaging import archive, compiling


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    archive.write(tmp_path / "one.zip", {"b.py": b"b = 1\n", "a/a.py": b"a = 1\n"})
    return tmp_path / "one.zip"


def test_equal_contents_are_equal_archives_whatever_their_order(zipped: Path) -> None:
    other = zipped.with_name("two.zip")
    archive.write(other, {"a/a.py": b"a = 1\n", "b.py": b"b = 1\n"})
    assert other.read_bytes() == zipped.read_bytes()


def test_everybody_may_read_what_is_in_it(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as opened:
        assert {entry.external_attr >> 16 & 0o777 for entry in opened.infolist()} == {0o644}


def test_nothing_unfinished_stays(zipped: Path) -> None:
    assert list(zipped.parent.iterdir()) == [zipped]


def test_compiled_code_is_the_same_whatever_the_process_has_imported(tmp_path: Path) -> None:
    """Six is a module whose compiled form differs when it is loaded, as it is here and not in a fresh process."""
    source = Path(str(importlib.import_module("six").__file__))
    code = "import sys; from pathlib import Path; from rekbridge.packaging import compiling\n"
    code += "compiling.compile_all(Path(sys.argv[1]), ['six.py'], Path(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, str(source.parent), str(tmp_path / "fresh")], check=True)
    compiling.compile_all(source.parent, ["six.py"], tmp_path / "here")
    here, fresh = (tmp_path / name / compiling.place("six.py") for name in ("here", "fresh"))
    assert here.read_bytes() == fresh.read_bytes()


def test_compiled_code_is_used_whatever_the_time_of_its_source(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("value = 'compiled'\n")
    compiling.compile_all(tmp_path, ["module.py"], tmp_path)
    source.write_text("value = 'source'\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import module; print(module.value)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "compiled\n"
