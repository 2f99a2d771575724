"""Where Terraform gets its AWS provider: a mirror on this machine, else the registry by way of a cache."""

import os
from pathlib import Path

from rekbridge.support import paths

PROVIDER = Path("registry.terraform.io") / "hashicorp" / "aws"
# Where packages and images put mirrors. Terraform itself looks into some of them only.
ROOTS = (
    "~/.terraform.d",
    "~/.local/share",
    "/usr/local/share",
    "/usr/share",
    "/usr/local/lib",
    "/usr/lib",
    "/opt",
    "/var/lib",
)
DEPTHS = (".", "*", "*/*")


def mirror() -> Path | None:
    """The folder that holds the provider; TF_PLUGIN_DIR names it, or one of the usual places has it."""
    if named := os.environ.get("TF_PLUGIN_DIR"):
        return Path(named)
    for root in map(os.path.expanduser, ROOTS):
        for depth in DEPTHS:
            for found in sorted(Path(root).glob(f"{depth}/{PROVIDER}")):
                return found.parents[2]
    return None


def init_options(found: Path | None) -> list[str]:
    """What `terraform init` is told."""
    return [f"-plugin-dir={found}"] if found else []


def cache(found: Path | None) -> dict[str, str]:
    """Without a mirror every init would download 600 MB: they share a cache."""
    if found:
        return {}
    folder = paths.home() / "terraform" / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    return {"TF_PLUGIN_CACHE_DIR": str(folder), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
