"""Evaluates many sets of variables in one `terraform console`: each is an instance of the composition."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rekbridge.residency.policy.reading import POLICY_EXPRESSION
from rekbridge.terraform import environment, running, tree
from rekbridge.terraform.evaluation import PROVIDERS


def evaluate_policies(sets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the value of POLICY_EXPRESSION for each set of variables, all of which set the same ones.

    Raises OperatorError if one is not valid.
    """
    with tempfile.TemporaryDirectory(prefix="rekbridge-many-") as folder:
        copy = tree.copy_configuration(Path(folder) / "tree").parent
        output = {"output": {"policy": {"value": f"${{jsonencode({POLICY_EXPRESSION})}}"}}}
        (copy / "modules" / "rekbridge" / "policy.tf.json").write_text(json.dumps(output))
        providers = {f"aws.{row['alias']}": f"aws.{row['alias']}" for row in PROVIDERS}
        sets_by_name = {f"set_{number:04}": variables for number, variables in enumerate(sets)}
        arguments = {name: f"${{each.value.{name}}}" for name in sets[0]}
        call = {"source": "../modules/rekbridge", "providers": providers, "for_each": "${local.sets}", **arguments}
        root = copy / "many"
        root.mkdir()
        (root / "main.tf.json").write_text(
            json.dumps({"provider": {"aws": PROVIDERS}, "locals": {"sets": sets_by_name}, "module": {"each": call}})
        )
        isolated = environment.build_isolated_environment() | {"TF_DATA_DIR": f"{folder}/data"}
        running.init(root, isolated)
        expression = "jsonencode([for name in sort(keys(module.each)) : module.each[name].policy])\n"
        console = running.run_unchecked(root, ["console"], isolated, expression)
        if console.returncode != 0 or "Error: " in console.stderr:
            raise running.to_operator_error(console.stderr.strip())
        # Twice text: the console shows a string, and each policy is one.
        return [json.loads(policy) for policy in json.loads(json.loads(console.stdout.strip()))]
