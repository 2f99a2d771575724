"""Compiled Python that is the same wherever it is compiled, and valid wherever and whenever the zip is unpacked.

The .pyc lies in __pycache__ beside its source, which tracebacks quote. Unchecked: a zip's times tell nothing.
Compiled by a bare interpreter of its own: Python writes a constant in another form when something else in the process
has the same one, as the module itself does once it is imported.
"""

import json
import py_compile
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

# Without site-packages, for what those import; this file is run as a program and imports nothing of ours.
BARE = [sys.executable, "-E", "-S", "-P", __file__]


def place(file: str) -> str:
    """Where Python looks for the compiled form: a/b.py -> a/__pycache__/b.cpython-313.pyc."""
    source = PurePosixPath(file)
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


def compile_all(root: Path, files: Iterable[str], into: Path) -> None:
    """Compile `root`'s files to their places in `into`; no path of this machine's gets into them."""
    told = json.dumps([str(root), sorted(files), str(into)])
    subprocess.run(BARE, input=told, text=True, check=True)


def _compile_all(root: Path, files: list[str], into: Path) -> None:
    for file in files:
        py_compile.compile(
            str(root / file),
            cfile=str(into / place(file)),
            dfile=file,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    _root, _files, _into = json.load(sys.stdin)
    _compile_all(Path(_root), _files, Path(_into))
