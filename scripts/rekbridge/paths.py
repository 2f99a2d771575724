"""Where things lie: the checkout, and the folder for all that is made on this machine."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINS = Path(__file__).parent / "pins"


def home() -> Path:
    """The folder of venvs, downloads, run folders and Terraform data; REKBRIDGE_HOME moves it."""
    return Path(os.environ.get("REKBRIDGE_HOME") or ROOT / ".rekbridge").absolute()
