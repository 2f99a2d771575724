"""Where things lie: what Rekbridge is made of, and the folder for all that is made on this machine."""

import os
from pathlib import Path

# An installed wheel has Terraform, the Lambdas' source and the engine beside this file (setup.py puts them there).
_KIT = Path(__file__).parent / "kit"
CHECKOUT = not _KIT.is_dir()
ROOT = Path(__file__).parents[2] if CHECKOUT else _KIT
PINS = Path(__file__).parent / "pins"

# Of the working directory as it is now: a test may change it later.
_HOME = (ROOT if CHECKOUT else Path.cwd()) / ".rekbridge"


def home() -> Path:
    """The folder of venvs, downloads, packages, run folders and Terraform states; REKBRIDGE_HOME moves it."""
    return Path(os.environ.get("REKBRIDGE_HOME") or _HOME).absolute()
