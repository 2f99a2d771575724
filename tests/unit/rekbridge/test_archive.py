import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rekbridge.packaging import archive, compiling


@pytest.fixture
def archive_file(tmp_path: Path) -> Path:
    archive.write_archive(tmp_path / "one.zip", {"b.py": b"b = 1\n", "a/a.py": b"a = 1\n"})
    return tmp_path / "one.zip"


def test_equal_contents_give_equal_archives_in_any_order(archive_file: Path) -> None:
    other = archive_file.with_name("two.zip")
    archive.write_archive(other, {"a/a.py": b"a = 1\n", "b.py": b"b = 1\n"})
    assert other.read_bytes() == archive_file.read_bytes()


def test_every_entry_is_readable_by_everybody(archive_file: Path) -> None:
    with zipfile.ZipFile(archive_file) as opened:
        assert {entry.external_attr >> 16 & 0o777 for entry in opened.infolist()} == {0o644}


def test_no_temporary_file_is_left(archive_file: Path) -> None:
    assert list(archive_file.parent.iterdir()) == [archive_file]


def test_compiled_code_does_not_depend_on_what_the_process_has_imported(tmp_path: Path) -> None:
    """The compiled form of `six` would differ here, where it is imported, from that of a fresh process."""
    source = Path(str(importlib.import_module("six").__file__))
    code = "import sys; from pathlib import Path; from rekbridge.packaging import compiling\n"
    code += "compiling.compile_all(Path(sys.argv[1]), ['six.py'], Path(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", code, str(source.parent), str(tmp_path / "fresh")], check=True)
    compiling.compile_all(source.parent, ["six.py"], tmp_path / "here")
    here, fresh = (tmp_path / name / compiling.get_compiled_path("six.py") for name in ("here", "fresh"))
    assert here.read_bytes() == fresh.read_bytes()


def test_compiled_code_is_used_even_if_its_source_is_newer(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("value = 'compiled'\n")
    compiling.compile_all(tmp_path, ["module.py"], tmp_path)
    source.write_text("value = 'source'\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import module; print(module.value)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "compiled\n"
