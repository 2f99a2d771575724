import os
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


def compiled(folder: Path) -> bytes:
    """A module compiled by a process of its own, in a folder of its own."""
    folder.mkdir()
    (folder / "a.py").write_text('def f(x):\n    return x in {"p", "q", "r"}, 12345678, "some text"\n')
    code = "import sys; from pathlib import Path; from rekbridge.packaging.compiling import compile_to\n"
    code += "compile_to(Path(sys.argv[1], 'a.pyc'), Path(sys.argv[1], 'a.py'), 'a.py')"
    seed = os.environ | {"PYTHONHASHSEED": str(len(folder.name))}
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=seed)
    return (folder / "a.pyc").read_bytes()


def test_equal_contents_are_equal_archives_whatever_their_order(zipped: Path) -> None:
    other = zipped.with_name("two.zip")
    archive.write(other, {"a/a.py": b"a = 1\n", "b.py": b"b = 1\n"})
    assert other.read_bytes() == zipped.read_bytes()


def test_everybody_may_read_what_is_in_it(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as opened:
        assert {entry.external_attr >> 16 & 0o777 for entry in opened.infolist()} == {0o644}


def test_nothing_unfinished_stays(zipped: Path) -> None:
    assert list(zipped.parent.iterdir()) == [zipped]


def test_compiled_code_is_the_same_wherever_it_was_compiled(tmp_path: Path) -> None:
    assert compiled(tmp_path / "here") == compiled(tmp_path / "elsewhere")


def test_compiled_code_is_used_whatever_the_time_of_its_source(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("value = 'compiled'\n")
    compiling.compile_to(tmp_path / compiling.place("module.py"), source, "module.py")
    source.write_text("value = 'source'\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import module; print(module.value)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "compiled\n"
