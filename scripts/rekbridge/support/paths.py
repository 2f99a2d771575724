"""Where things lie: what Rekbridge is made of, and the folder for all that is made on this machine."""

import os
from pathlib import Path

import rekbridge_lambda

# An installed wheel has Terraform and the engine below the package (pyproject.toml puts them there).
_KIT = Path(__file__).parents[1] / "kit"
CHECKOUT = not _KIT.is_dir()
ROOT = Path(__file__).parents[3] if CHECKOUT else _KIT
PINS = Path(__file__).parent / "pins"
# The package that runs in Lambda, and the tables that Terraform and the engine read too.
LAMBDA_PACKAGE = Path(rekbridge_lambda.__file__).parent
TABLES = LAMBDA_PACKAGE / "domain"

# Of the working directory as it is now: a test may change it later.
_HOME = (ROOT if CHECKOUT else Path.cwd()) / ".rekbridge"


def home() -> Path:
    """The folder of venvs, downloads, packages, run folders and Terraform states; REKBRIDGE_HOME moves it."""
    return Path(os.environ.get("REKBRIDGE_HOME") or _HOME).absolute()
