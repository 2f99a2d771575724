"""Writes iam_reference.json: which resources each IAM action of our policies can be limited to.

`python -m tests.plan.extract_iam_reference iam_definition.json`, with the file of that name in PyPI's package
parliament (BSD-3-Clause), which its authors read from AWS's service authorization reference. The extract is of version
1.6.4. It is needed for an action that is new in the policies or in the record.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekbridge.deploy.deployer_policy import TABLE

from tests.plan.api_actions import read_recorded_calls

OF_REST_APIS = re.compile("/(restapis|tags|account)")
REFERENCE = Path(__file__).with_name("iam_reference.json")


def main() -> None:
    """Write the extract."""
    services: dict[str, list[dict[str, Any]]] = {}
    for service in json.loads(Path(sys.argv[1]).read_text()):
        services.setdefault(service["prefix"], []).append(service)
    wanted = list_wanted_actions()
    extract = {action: sorted(iterate_resources(services, action)) for action in sorted(wanted)}
    rows = ",\n".join(f"  {json.dumps(action)}: {json.dumps(arns)}" for action, arns in extract.items())
    REFERENCE.write_text(f"{{\n{rows}\n}}\n")


def list_wanted_actions() -> set[str]:
    """Every action of the policies, and every action that a recorded call needs."""
    actions = {action for call in read_recorded_calls() for action in call.actions}
    for statements in TABLE["files"].values():
        actions |= {action for statement in statements for action in statement["actions"]}
    return actions


def iterate_resources(services: dict[str, list[dict[str, Any]]], action: str) -> Iterator[str]:
    """Yield the ARNs, with placeholders, that an action can be limited to. Raises KeyError if AWS has none."""
    prefix, name = action.split(":")
    privileges = [one for service in services[prefix] for one in service["privileges"] if one["privilege"] == name]
    if not privileges:
        raise KeyError(action)
    types = {row["resource_type"].rstrip("*") for privilege in privileges for row in privilege["resource_types"]}
    arns = (resource for service in services[prefix] for resource in service["resources"])
    # Of API Gateway's forty kinds, REST APIs, their tags and the account are of use here.
    yield from {
        resource["arn"]
        for resource in arns
        if resource["resource"] in types and (prefix != "apigateway" or OF_REST_APIS.search(resource["arn"]))
    }


if __name__ == "__main__":
    main()
