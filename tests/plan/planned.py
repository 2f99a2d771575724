"""A Terraform plan, as the checks read it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type Json = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One planned resource; `values` lacks what is known after the apply only."""

    address: str
    type: str
    provider: str
    values: Json
    unknown: Json

    @property
    def module(self) -> str:
        """Address of the module that holds it."""
        return self.address.rpartition(f".{self.type}.")[0]

    def policy(self, attribute: str = "policy") -> list[Json]:
        """The statements of a policy."""
        return list(json.loads(self.values[attribute])["Statement"])


class Plan:
    """Every resource of AWS in a plan."""

    def __init__(self, shown: Json) -> None:
        root = shown["configuration"]["root_module"]
        self.calls = dict(_calls(root, ""))
        providers = dict(_providers(root, ""))
        self.resources = [
            Resource(
                address=change["address"],
                type=change["type"],
                provider=providers[_without_keys(change["address"])],
                values=change["change"]["after"],
                unknown=change["change"]["after_unknown"],
            )
            for change in shown["resource_changes"]
            if change["mode"] == "managed" and change["type"].startswith("aws_")
        ]

    def of(self, kind: str) -> list[Resource]:
        """All resources of a type."""
        found = [resource for resource in self.resources if resource.type == kind]
        assert found, f"the plan has no {kind}"
        return found

    def one(self, address: str) -> Resource:
        """The resource with this address."""
        return next(resource for resource in self.resources if resource.address == address)

    def beside(self, resource: Resource, kind: str) -> list[Resource]:
        """Resources of a type in the same module."""
        return [other for other in self.of(kind) if other.module == resource.module]


def _providers(module: Json, path: str) -> Iterator[tuple[str, str]]:
    for resource in module.get("resources", []):
        yield path + resource["address"], resource["provider_config_key"]
    for name, call in module.get("module_calls", {}).items():
        yield from _providers(call["module"], f"{path}module.{name}.")


def _calls(module: Json, path: str) -> Iterator[tuple[str, Json]]:
    for name, call in module.get("module_calls", {}).items():
        yield f"{path}module.{name}", call
        yield from _calls(call["module"], f"{path}module.{name}.")


def _without_keys(address: str) -> str:
    """module.queues.aws_sqs_queue.this["work-text"] -> module.queues.aws_sqs_queue.this."""
    return "".join(part.partition("]")[2] if at else part for at, part in enumerate(address.split("[")))
