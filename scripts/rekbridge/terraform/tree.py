"""Copies the Terraform configuration: `terraform init` writes into the folder of the root module."""

import shutil
from pathlib import Path

from rekbridge.support import paths

# The folders of the configuration. It reads the tables of facts, too, and the zips.
PARTS = ("terraform", "modules")
TABLES = "handlers/rekbridge_lambda/domain"
IGNORED = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfvars")


def copy_configuration(into: Path) -> Path:
    """Copy the current configuration, replacing an older copy. Returns the folder of the root module."""
    shutil.rmtree(into, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(paths.ROOT / part, into / part, ignore=IGNORED)
    (into / TABLES).mkdir(parents=True)
    for table in paths.TABLES_FOLDER.glob("*.json"):
        shutil.copy2(table, into / TABLES)
    return into / "terraform"
