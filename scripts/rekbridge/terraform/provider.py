"""The source of Terraform's AWS provider: a mirror on this machine, else the registry with a local cache."""

import os
from pathlib import Path

from rekbridge.support import paths

PROVIDER = Path("registry.terraform.io") / "hashicorp" / "aws"
# Where packages and container images put mirrors. Terraform itself searches only some of these folders.
MIRROR_ROOTS = (
    "~/.terraform.d",
    "~/.local/share",
    "/usr/local/share",
    "/usr/share",
    "/usr/local/lib",
    "/usr/lib",
    "/opt",
    "/var/lib",
)
MIRROR_DEPTHS = (".", "*", "*/*")


def find_mirror() -> Path | None:
    """Return the mirror that has the provider: TF_PLUGIN_DIR, or in one of the usual folders. None if there is none."""
    if configured := os.environ.get("TF_PLUGIN_DIR"):
        return Path(configured)
    for root in map(os.path.expanduser, MIRROR_ROOTS):
        for depth in MIRROR_DEPTHS:
            for provider in sorted(Path(root).glob(f"{depth}/{PROVIDER}")):
                return provider.parents[2]
    return None


def build_init_options(mirror: Path | None) -> list[str]:
    """Return the options of `terraform init` that make it use the mirror."""
    return [f"-plugin-dir={mirror}"] if mirror else []


def build_cache_environment(mirror: Path | None) -> dict[str, str]:
    """Return variables for a shared provider cache. Without a mirror or a cache, every init would download 600 MB."""
    if mirror:
        return {}
    folder = paths.get_home() / "terraform" / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    return {"TF_PLUGIN_CACHE_DIR": str(folder), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
