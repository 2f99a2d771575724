"""Compiled Python that is valid wherever and whenever the zip is unpacked.

The .pyc lies in __pycache__ beside its source, which tracebacks quote. Unchecked: a zip's times tell nothing.
"""

import py_compile
import sys
from pathlib import Path, PurePosixPath


def place(file: str) -> str:
    """Where Python looks for the compiled form: a/b.py -> a/__pycache__/b.cpython-313.pyc."""
    source = PurePosixPath(file)
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


def compile_to(target: Path, source: Path, shown_as: str) -> None:
    """Compile `source` into the file `target`; `shown_as` keeps this machine's paths out of it."""
    py_compile.compile(
        str(source),
        cfile=str(target),
        dfile=shown_as,
        doraise=True,
        optimize=0,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
