"""
The resources of a released deployment that hold data, as a Terraform state: `tests/plan/releases/*.json`.

A later version plans on such a state (tests/plan/test_upgrade.py). To record one, plan the example (eu-west-3.tfvars)
with the release's own tree (`create_plan` in tests/plan/conftest.py), and then:

    python -m tests.plan.release_state PLAN.json > tests/plan/releases/<version>.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from rekbridge.terraform.changes import DATA_BY_TYPE

from tests.plan.fake_aws import ACCOUNT

# No plan to replace anything depends on them, and they are long.
IGNORED_ATTRIBUTES = {"policy", "tags_all", "redrive_policy", "redrive_allow_policy", "description"}
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'


def build_state(document: dict[str, Any]) -> dict[str, Any]:
    """Build the state that an apply of this plan leaves, with what AWS would answer made up. Data resources only."""
    values = document["planned_values"]["root_module"]
    rows = [row for row in list_resources(values) if row["type"] in DATA_BY_TYPE and row["mode"] == "managed"]
    resources: dict[str, dict[str, Any]] = {}
    for row in rows:
        # The instances of one resource stand together.
        address = row["address"].removesuffix(f"[{json.dumps(row.get('index'))}]")
        resource = resources.setdefault(address, build_resource(row))
        resource["instances"].append(build_instance(row))
    return {
        "version": 4,
        "terraform_version": document["terraform_version"],
        "serial": 1,
        "lineage": "00000000-0000-0000-0000-000000000000",
        "outputs": {},
        "resources": list(resources.values()),
    }


def build_resource(row: dict[str, Any]) -> dict[str, Any]:
    """Build a resource of the state from a planned one, without its instances."""
    module = row["address"].rpartition(f".{row['type']}.")[0]
    alias = "remote" if "module.remote" in module or "delivery_dlq" in module else "home"
    return {
        "module": module,
        "mode": "managed",
        "type": row["type"],
        "name": row["name"],
        "provider": f"{AWS}.{alias}",
        "instances": [],
    }


def build_instance(row: dict[str, Any]) -> dict[str, Any]:
    """Build an instance of a resource of the state from a planned one."""
    attributes = {
        name: value
        for name, value in row["values"].items()
        if value not in (None, [], {}) and name not in IGNORED_ATTRIBUTES
    }
    return ({"index_key": row["index"]} if "index" in row else {}) | {
        "schema_version": row["schema_version"],
        "attributes": attributes | make_id(row["type"], attributes),
    }


def make_id(resource_type: str, attributes: dict[str, Any]) -> dict[str, str]:
    """Make up the id that AWS would have given."""
    name = str(attributes.get("bucket") or attributes.get("name", "made-up"))
    match resource_type:
        case "aws_sqs_queue":
            url = f"https://sqs.eu-west-3.amazonaws.com/{ACCOUNT}/{name}"
            return {"id": url, "url": url, "arn": f"arn:aws:sqs:eu-west-3:{ACCOUNT}:{name}"}
        case "aws_secretsmanager_secret":
            arn = f"arn:aws:secretsmanager:eu-west-3:{ACCOUNT}:secret:{name}-a1b2c3"
            return {"id": arn, "arn": arn}
        case "aws_secretsmanager_secret_version":
            arn = f"arn:aws:secretsmanager:eu-west-3:{ACCOUNT}:secret:rekbridge-ids-a1b2c3"
            return {"id": f"{arn}|made-up", "arn": arn, "secret_id": arn}
        case "aws_kms_key":
            return {"id": name, "key_id": name, "arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{name}"}
        case _:
            return {"id": name}


def list_resources(module: dict[str, Any]) -> list[dict[str, Any]]:
    """List the resources of a module of a plan, and of those in it."""
    inner = [row for child in module.get("child_modules", []) for row in list_resources(child)]
    return [*module.get("resources", []), *inner]


if __name__ == "__main__":
    state = build_state(json.loads(Path(sys.argv[1]).read_text()))
    print(json.dumps(state, indent=1))
