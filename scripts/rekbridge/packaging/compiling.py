"""Compiles Python reproducibly: the bytes do not depend on the machine, the folder or the time.

The .pyc is put into __pycache__, and the source stays beside it for tracebacks. Python must not compare their times,
because files in a zip have no meaningful ones: hence UNCHECKED_HASH.
A separate, bare interpreter compiles. Otherwise the bytes of a constant would depend on what this process has imported.
"""

import json
import py_compile
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

# Without site-packages, whose .pth files may import modules. This file runs as a program and imports nothing of ours.
BARE_INTERPRETER = [sys.executable, "-E", "-S", "-P", __file__]


def get_compiled_path(file: str) -> str:
    """Return where Python looks for the compiled file: a/b.py -> a/__pycache__/b.cpython-313.pyc."""
    source = PurePosixPath(file)
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


def compile_all(root: Path, files: Iterable[str], into: Path) -> None:
    """Compile files of `root` into `into`. The compiled files contain no path of this machine."""
    arguments = json.dumps([str(root), sorted(files), str(into)])
    subprocess.run(BARE_INTERPRETER, input=arguments, text=True, check=True)


def _compile_all(root: Path, files: list[str], into: Path) -> None:
    for file in files:
        py_compile.compile(
            str(root / file),
            cfile=str(into / get_compiled_path(file)),
            dfile=file,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    _root, _files, _into = json.load(sys.stdin)
    _compile_all(Path(_root), _files, Path(_into))
