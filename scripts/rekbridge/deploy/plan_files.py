"""A plan in one file that another machine can apply: Terraform's plan, the configuration, and the packages.

It is a zip. `manifest.json` says what it is for and has the digest of every other file in it. The values of the state
are in the plan: the file is readable by its owner only, and belongs where the state belongs.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

from rekbridge.support.errors import OperatorError
from rekbridge.terraform import tree
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.driver import Terraform

MANIFEST = "manifest.json"
PLAN = "plan"
TREE = "tree"
FORMAT = 1
PLAN_AGAIN = "Plan again: rekbridge plan --out FILE"
# The settings of the backends that say where a state is.
PLACES = {
    "path", "bucket", "key", "region", "prefix", "workspace_key_prefix", "storage_account_name", "container_name",
    "address", "hostname", "organization", "schema_name",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanManifest:
    """What a plan file is for. `files` has the SHA-256 of each file in it, by name."""

    format: int
    rekbridge: str
    # The configuration of the Rekbridge that planned, without the operator's files.
    configuration: str
    target: str
    prefix: str
    home_region: str
    # None for an emulator.
    account_id: str | None
    # Name of the deployment's folder, and where the state is.
    folder: str
    state: str
    files: Mapping[str, str]


def write_plan_file(path: Path, terraform: Terraform, planned: PlannedChanges, account_id: str | None) -> None:
    """Write the saved plan, which has these changes, with everything that applying it needs.

    `account_id`: None for an emulator.
    """
    root = terraform.folder / TREE
    sources = {PLAN: terraform.plan_file} | {
        f"{TREE}/{file.relative_to(root)}": file for file in sorted(tree.iterate_files(root))
    }
    manifest = PlanManifest(
        format=FORMAT,
        rekbridge=metadata.version("rekbridge"),
        configuration=tree.compute_digest(),
        target=terraform.variables["target"],
        prefix=planned.variables["prefix"],
        home_region=planned.variables["home_region"],
        account_id=account_id,
        folder=terraform.folder.name,
        state=describe_state(terraform),
        files={name: _digest(file.read_bytes()) for name, file in sources.items()},
    )
    unfinished = path.with_name(f"{path.name}.new")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2) + "\n")
        for name, source in sources.items():
            archive.write(source, name)
    unfinished.replace(path)


def read_manifest(path: Path) -> PlanManifest:
    """Read what a plan file is for. Raises OperatorError if it is none, is damaged, or is of another Rekbridge."""
    try:
        with zipfile.ZipFile(path) as archive:
            document = json.loads(archive.read(MANIFEST))
            if document["format"] != FORMAT:
                raise OperatorError(f"{path} is a plan of another version of Rekbridge.", PLAN_AGAIN)
            manifest = PlanManifest(**document)
            _require_plain_names(manifest, archive.namelist())
            actual = {name: _digest(archive.read(name)) for name in archive.namelist() if name != MANIFEST}
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise OperatorError(
            f"{path} is not a plan of `rekbridge plan --out`, or is damaged: {error}", PLAN_AGAIN
        ) from error
    if changed := sorted(
        name for name in actual.keys() | manifest.files if actual.get(name) != manifest.files.get(name)
    ):
        raise OperatorError(f"{path} was changed after it was made: {', '.join(changed)}", PLAN_AGAIN)
    if (manifest.rekbridge, manifest.configuration) != (metadata.version("rekbridge"), tree.compute_digest()):
        raise OperatorError(
            f"{path} was made by another Rekbridge: its Terraform configuration is not the one that is installed here.",
            f"Apply it with the Rekbridge that made it, or plan again: {PLAN_AGAIN.partition(': ')[2]}",
        )
    return manifest


def open_plan_file(path: Path, terraform: Terraform, manifest: PlanManifest) -> None:
    """Put the plan and its configuration in the deployment's folder, initialized. Raises OperatorError.

    Nobody else may deploy from the folder: see `wait_for_turn`.
    """
    with tempfile.TemporaryDirectory(prefix="opening-", dir=terraform.folder) as folder:
        opened = Path(folder)
        with zipfile.ZipFile(path) as archive:
            for name in manifest.files:
                archive.extract(name, opened)
        if tree.digest_copy(opened / TREE) != manifest.configuration:
            raise OperatorError(f"{path} has another configuration than it says. Nothing was applied.", PLAN_AGAIN)
        (opened / PLAN).chmod(0o600)
        tree.remove_copy(terraform.folder / TREE)
        (opened / TREE).rename(terraform.folder / TREE)
        (opened / PLAN).replace(terraform.plan_file)
    terraform.reinit()
    if (here := describe_state(terraform)) != manifest.state:
        raise OperatorError(
            f"{path} was made for the state {manifest.state}; here the state is {here}. Nothing was applied.",
            "A plan for a state on one machine can be applied there only. For several machines, use a backend: "
            "docs/deploying.md.",
        )


def describe_state(terraform: Terraform) -> str:
    """Return where Terraform keeps the state: the backend and what tells one state from another, no credentials."""
    backend = json.loads((terraform.data_folder / "terraform.tfstate").read_text())["backend"]
    settings = {name: value for name, value in backend["config"].items() if value and name in PLACES}
    if backend["type"] == "local":
        settings["machine"] = _read_machine_id()
    return " ".join([backend["type"], *(f"{name}={settings[name]}" for name in sorted(settings))])


def _require_plain_names(manifest: PlanManifest, names: list[str]) -> None:
    """Raise ValueError if a name leads to anything else than a plan, its configuration and a deployment's folder."""
    parts = manifest.folder, PurePosixPath(manifest.folder).parts
    if parts[1] != (parts[0],) or parts[0] in {"..", "/"} or "\\" in parts[0]:
        raise ValueError(f"{manifest.folder!r} is not the name of a folder")
    if PLAN not in manifest.files:
        raise ValueError("it has no plan")
    for name in {*names, *manifest.files} - {MANIFEST, PLAN}:
        path = PurePosixPath(name)
        is_plain = str(path) == name and path.parts[0] == TREE and len(path.parts) > 1
        if not is_plain or ".." in path.parts or "\\" in name or ".tfstate" in path.name:
            raise ValueError(f"{name!r} does not belong in it")
    if len(names) != len(set(names)):
        raise ValueError("a name is in it twice")


def _read_machine_id() -> str:
    file = Path("/etc/machine-id")
    return _digest((file.read_text() if file.exists() else os.uname().nodename).encode())[:12]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
