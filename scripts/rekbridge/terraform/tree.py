"""A copy of the Terraform configuration to run in: `terraform init` writes beside the modules that it reads."""

import shutil
from pathlib import Path

from rekbridge.support import paths

# What the configuration reads, besides the zips.
PARTS = ("terraform", "modules")
TABLES = "handlers/rekbridge_lambda/domain"
LEFT_OUT = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfvars")


def copy(into: Path) -> Path:
    """Copy the configuration as it is now; gives the root module's folder."""
    shutil.rmtree(into, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(paths.ROOT / part, into / part, ignore=LEFT_OUT)
    (into / TABLES).mkdir(parents=True)
    for table in paths.TABLES.glob("*.json"):
        shutil.copy2(table, into / TABLES)
    return into / "terraform"
