"""Copies the Terraform configuration: `terraform init` writes into the folder of the root module."""

import hashlib
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

# The folders of the configuration. It reads the tables of facts, too, and the zips.
PARTS = ("terraform", "modules")
TABLES = "handlers/rekbridge_lambda/domain"
# Terraform writes it beside the root module when the backend does not take the state.
ERRORED_STATE = "errored.tfstate"
IGNORED = shutil.ignore_patterns(".terraform", "*.tfstate*", "*.tfvars")


def copy_configuration(into: Path) -> Path:
    """Copy the current configuration, replacing an older copy. Returns the folder of the root module.

    Raises OperatorError if the older copy has a state that was never stored.
    """
    remove_copy(into)
    for part in PARTS:
        shutil.copytree(paths.ROOT / part, into / part, ignore=IGNORED)
    (into / TABLES).mkdir(parents=True)
    for table in paths.TABLES_FOLDER.glob("*.json"):
        shutil.copy2(table, into / TABLES)
    return into / "terraform"


def remove_copy(copy: Path) -> None:
    """Delete a copy. Raises OperatorError if Terraform has put a state there that it could not store in the backend."""
    root = copy / "terraform"
    state = root / ERRORED_STATE
    if state.exists():
        data = shlex.quote(str(copy.parent / "data"))
        raise OperatorError(
            f"The last apply could not store its state, and put it in {state}. Nothing else says what it has created. "
            "Nothing was changed.",
            "Store it, remove the file, then run the command again:\n"
            f"TF_DATA_DIR={data} terraform -chdir={shlex.quote(str(root))} state push {ERRORED_STATE} && "
            f"rm {shlex.quote(str(state))}",
        )
    shutil.rmtree(copy, ignore_errors=True)


def iterate_files(copy: Path) -> Iterator[Path]:
    """Yield every file of a copy that a plan reads: a wheel has no tests and no examples."""
    for file in copy.rglob("*"):
        if file.is_file() and not {"tests", "examples"} & set(file.relative_to(copy).parts) and file.suffix != ".yaml":
            yield file


def compute_digest() -> str:
    """Return the SHA-256 of the configuration that is installed here, without the operator's own files."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-digest-") as folder:
        return digest_copy(copy_configuration(Path(folder) / "tree").parent)


def digest_copy(copy: Path) -> str:
    """Return the SHA-256 of a copy, without what is put beside it: packages, providers, backend."""
    digest = hashlib.sha256()
    for file in sorted(iterate_files(copy)):
        name = file.relative_to(copy)
        if not _is_beside(name):
            digest.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _is_beside(name: Path) -> bool:
    folder = name.parent.as_posix()
    in_root = folder == "terraform" and ("override.tf" in name.name or name.name == ".terraform.lock.hcl")
    return in_root or (folder == "packages" and name.suffix == ".zip")
