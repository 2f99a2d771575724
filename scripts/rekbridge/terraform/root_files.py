"""The files beside a root module that are not part of the configuration: backend, provider lock file, packages."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from rekbridge.support.errors import OperatorError
from rekbridge.terraform import running

BACKEND_OVERRIDE = "backend_override.tf"
LOCK_FILE = ".terraform.lock.hcl"
# The folder of the zips, seen from the root module. An absolute path would be in the plan, and differ between machines.
PACKAGES_PATH = "../packages"


def find_backend(tfvars: Path | None, root: Path) -> Path | None:
    """Return the operator's backend: beside the tfvars file, or in the configuration. None if there is none."""
    candidates = [*([tfvars.with_name(BACKEND_OVERRIDE)] if tfvars else []), root / BACKEND_OVERRIDE]
    return next((file for file in candidates if file.exists()), None)


def copy_backend(tfvars: Path | None, root: Path) -> bool:
    """Copy the operator's backend to the root module, if there is one. Returns whether there is one."""
    source = find_backend(tfvars, root)
    if source and source != root / BACKEND_OVERRIDE:
        shutil.copyfile(source, root / BACKEND_OVERRIDE)
    return source is not None


def write_local_backend(root: Path, state: Path) -> None:
    """Make the root module keep its state in a file of this machine."""
    local = {"terraform": {"backend": {"local": {"path": str(state)}}}}
    (root / "backend_override.tf.json").write_text(json.dumps(local))


def init_with_lock_file(
    tfvars: Path | None, root: Path, environment: Mapping[str, str], *options: str, keep: bool = True
) -> None:
    """Run `terraform init` with exactly the providers of the lock file beside the tfvars file.

    If there is no such file, Terraform chooses, and with `keep` its choice is stored there. Raises OperatorError if the
    file does not permit a provider that the configuration needs.
    """
    kept = tfvars.with_name(LOCK_FILE) if tfvars else None
    if kept and kept.exists():
        shutil.copyfile(kept, root / LOCK_FILE)
        try:
            running.init(root, environment, "-lockfile=readonly", *options)
        except running.TerraformError as error:
            raise OperatorError(
                f"{error}\n\nThe providers are those of {kept}.",
                f"If its checksums or its version are out of date: delete {kept}, plan again, and commit the new one.",
            ) from error
        return
    running.init(root, environment, *options)
    if kept and keep:
        shutil.copyfile(root / LOCK_FILE, kept)


def link_packages(packages: Path, root: Path) -> None:
    """Put the zips at PACKAGES_PATH of the root module. A package that is built later replaces its file, not these."""
    into = (root / PACKAGES_PATH).resolve()
    into.mkdir()
    for package in sorted(packages.glob("*.zip")):
        try:
            os.link(package, into / package.name)
        except OSError:
            # Another file system, or one without links.
            shutil.copyfile(package, into / package.name)
