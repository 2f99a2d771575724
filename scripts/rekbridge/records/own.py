"""The kit's own package `handlers`, in a process where `handlers` may be somebody else's: a project with Lambdas."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def handlers(root: Path) -> Iterator[None]:
    """Inside, `handlers` is `root`'s; outside, what it was. What was imported inside keeps what it got."""
    theirs = _taken_out()
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        _taken_out()
        sys.modules.update(theirs)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == "handlers"]
    return {name: sys.modules.pop(name) for name in names}
