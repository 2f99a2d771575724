"""A Terraform plan, in the form that the tests read it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type PlanObject = dict[str, Any]


@dataclass(frozen=True)
class PlannedResource:
    """One resource that would be created; `values` has no attribute that is known after the apply only."""

    address: str
    type: str
    provider: str
    values: PlanObject
    unknown: PlanObject

    @property
    def module(self) -> str:
        """Address of the module that contains the resource."""
        return self.address.rpartition(f".{self.type}.")[0]

    def parse_policy(self, attribute: str = "policy") -> list[PlanObject]:
        """The statements of a policy."""
        return list(json.loads(self.values[attribute])["Statement"])


# The root module calls the composition and has no resources of its own: addresses here begin inside of it.
COMPOSITION = "module.rekbridge."


class TerraformPlan:
    """Every AWS resource in a plan, its outputs, and every call of a module (`module_calls`, by address there).

    `check_results` has the results of all checks and conditions: pass, fail, unknown or error.
    """

    def __init__(self, document: PlanObject) -> None:
        root = document["configuration"]["root_module"]["module_calls"]["rekbridge"]["module"]
        self.check_results = {check["status"] for check in document["checks"]}
        self.module_calls = dict(_iterate_module_calls(root, ""))
        # Those that are known in the plan.
        self.outputs = {name: one.get("value") for name, one in document["planned_values"]["outputs"].items()}
        providers = dict(_iterate_providers(root, ""))
        self.resources = [
            PlannedResource(
                address=change["address"].removeprefix(COMPOSITION),
                type=change["type"],
                provider=providers[_strip_keys(change["address"].removeprefix(COMPOSITION))],
                values=change["change"]["after"],
                unknown=change["change"]["after_unknown"],
            )
            for change in document["resource_changes"]
            if change["mode"] == "managed" and change["type"].startswith("aws_")
        ]

    def find_all(self, resource_type: str) -> list[PlannedResource]:
        """All resources of a type, at least one."""
        resources = [resource for resource in self.resources if resource.type == resource_type]
        assert resources, f"the plan has no {resource_type}"
        return resources

    def get(self, address: str) -> PlannedResource:
        """The resource with this address."""
        return next(resource for resource in self.resources if resource.address == address)

    def find_in_same_module(self, resource: PlannedResource, resource_type: str) -> list[PlannedResource]:
        """Resources of a type in the module of another resource."""
        return [other for other in self.find_all(resource_type) if other.module == resource.module]


def _iterate_providers(module: PlanObject, path: str) -> Iterator[tuple[str, str]]:
    for resource in module.get("resources", []):
        yield path + resource["address"], resource["provider_config_key"]
    for name, call in module.get("module_calls", {}).items():
        yield from _iterate_providers(call["module"], f"{path}module.{name}.")


def _iterate_module_calls(module: PlanObject, path: str) -> Iterator[tuple[str, PlanObject]]:
    for name, call in module.get("module_calls", {}).items():
        yield f"{path}module.{name}", call
        yield from _iterate_module_calls(call["module"], f"{path}module.{name}.")


def _strip_keys(address: str) -> str:
    """module.queues.aws_sqs_queue.this["work-text"] -> module.queues.aws_sqs_queue.this."""
    return "".join(part.partition("]")[2] if index else part for index, part in enumerate(address.split("[")))
