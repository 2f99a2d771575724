"""Resources that an apply has made in part: Terraform marks them as tainted, and would replace them.

Most of ours cannot be replaced so. The deployment of the REST API is created before the old one is destroyed, Terraform
extends this to all that it depends on, and a second table of the same name is refused. Nor need they be: what AWS has
made is read, and the rest is an update.
"""

import json
from collections.abc import Iterator
from typing import Any


def find_tainted(state: str) -> list[str]:
    """Return the addresses of the tainted resources in the output of `terraform state pull`, which may be empty."""
    return list(_iterate_tainted(json.loads(state))) if state.strip() else []


def _iterate_tainted(state: dict[str, Any]) -> Iterator[str]:
    for resource in state.get("resources", []):
        module = f"{resource['module']}." if "module" in resource else ""
        for instance in resource["instances"]:
            if instance.get("status") == "tainted" and "deposed" not in instance:
                index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
                yield f"{module}{resource['type']}.{resource['name']}{index}"
