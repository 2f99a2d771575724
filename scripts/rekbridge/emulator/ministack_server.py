"""Runs MiniStack as `python -m ministack` does, with our guard in front of its application.

MiniStack itself accepts every request of every web page. This file is run by its path in MiniStack's environment, which
has none of our packages: only the folder of `engine` is on PYTHONPATH.
"""

import os
import sys

from ministack import app as ministack
from rekbridge_engine.origin_guard import OriginGuard, OriginPolicy


def main() -> None:
    """Serve until SIGTERM. The arguments are the origins of the pages that may use MiniStack."""
    # MiniStack's functions inherit its environment. They must not find our files.
    os.environ.pop("PYTHONPATH", None)
    ministack.app = OriginGuard(ministack.app, OriginPolicy(frozenset(sys.argv[1:])))
    # MiniStack reads arguments of its own.
    del sys.argv[1:]
    ministack.main()


if __name__ == "__main__":
    main()
