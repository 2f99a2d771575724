"""Paths of Rekbridge's own files, and of the folder that it writes to."""

import os
from pathlib import Path

import rekbridge_lambda

# In an installed wheel, Terraform and the engine are below the package (see pyproject.toml).
_KIT = Path(__file__).parents[1] / "kit"
IS_CHECKOUT = not _KIT.is_dir()
ROOT = Path(__file__).parents[3] if IS_CHECKOUT else _KIT
ENGINE_FOLDER = ROOT / "engine"
PINS_FOLDER = Path(__file__).parent / "pins"
# The package that runs in Lambda, and its tables of facts, which Terraform and the engine read, too.
LAMBDA_PACKAGE = Path(rekbridge_lambda.__file__).parent
TABLES_FOLDER = LAMBDA_PACKAGE / "domain"

# Computed at import: a test may change the working directory later.
_HOME = (ROOT if IS_CHECKOUT else Path.cwd()) / ".rekbridge"


def get_home() -> Path:
    """Return the folder for everything that Rekbridge writes on this machine: REKBRIDGE_HOME, else .rekbridge."""
    return Path(os.environ.get("REKBRIDGE_HOME") or _HOME).absolute()


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its owner can enter, or make an existing one so: it has images, states and logs."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
