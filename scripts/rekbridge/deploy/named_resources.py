"""Lists the resources of two regions whose names have a prefix: what is left of a removed deployment, for example."""

import json
from collections.abc import Iterator
from typing import Any

from rekbridge.read_models.deployment import ClientFactory

# Service, call, and the key of the response that has the resources. A KMS key has no name: its alias stands for it.
LIST_CALLS = (
    ("apigateway", "get_rest_apis", "items"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("dynamodb", "list_tables", "TableNames"),
    ("events", "list_event_buses", "EventBuses"),
    ("events", "list_rules", "Rules"),
    ("iam", "list_roles", "Roles"),
    ("kms", "list_aliases", "Aliases"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings"),
    ("lambda", "list_functions", "Functions"),
    ("logs", "describe_log_groups", "logGroups"),
    ("s3", "list_buckets", "Buckets"),
    ("secretsmanager", "list_secrets", "SecretList"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("sns", "list_topics", "Topics"),
    ("sqs", "list_queues", "QueueUrls"),
)


def list_named_resources(client: ClientFactory, prefix: str, *regions: str) -> list[str]:
    """Return a line for each resource that is still there. A service without regions may name one in each.

    Raises ClientError where a call is refused: what cannot be listed may be there.
    """
    return sorted({line for region in regions for line in _list_in_region(client, prefix, region)})


def _list_in_region(client: ClientFactory, prefix: str, region: str) -> Iterator[str]:
    for service, call, key in LIST_CALLS:
        for page in _iterate_pages(client(service, region), call):
            for resource in page.get(key, []):
                if prefix in json.dumps(resource, default=str):
                    yield f"{region} {service}: {_get_name(resource, prefix)}"


def _get_name(resource: str | dict[str, Any], prefix: str) -> str:
    """The first of a resource's texts that has the prefix."""
    if isinstance(resource, str):
        return resource
    return next((value for value in resource.values() if isinstance(value, str) and prefix in value), str(resource))


def _iterate_pages(client: Any, call: str) -> Iterator[dict[str, Any]]:
    if client.can_paginate(call):
        yield from client.get_paginator(call).paginate()
    else:
        yield getattr(client, call)()
