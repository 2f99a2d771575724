"""Documents of `terraform show -json`, with the keys that the command reads."""

from typing import Any

QUEUE = "module.rekbridge.module.home.module.queues.aws_sqs_queue.this"


def build_change(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    """An entry of `resource_changes`; `more` is added to its `change`."""
    before = None if actions == ("create",) else {"name": "x"}
    return {
        "address": address,
        "type": address.split("[")[0].split(".")[-2],
        "mode": "managed",
        "change": {"actions": list(actions), "before": before, **more},
    }


def build_queue_change(name: str, *actions: str, region: str = "eu-west-3", **more: Any) -> dict[str, Any]:
    """A change of a queue of a deployment, as provider 5.100 describes it."""
    before = {
        "arn": f"arn:aws:sqs:{region}:123456789012:rekbridge-{name}",
        "url": f"https://sqs.{region}.amazonaws.com/123456789012/rekbridge-{name}",
    }
    return build_change(f'{QUEUE}["{name}"]', *actions, before=before, **more)


def build_document(*changes: dict[str, Any], deployed: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The document of a plan."""
    outputs = {} if deployed is None else {"deployment": {"sensitive": False, "value": deployed}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"prefix": {"value": "rekbridge"}, "home_region": {"value": "eu-west-3"}},
        "prior_state": {"values": {"outputs": outputs}},
        "resource_changes": list(changes),
        **more,
    }
