"""The addresses that `rekbridge deploy` prints."""

from typing import Any

from rekbridge.deploy.commands import format_addresses
from rekbridge.read_models.deployment import Deployment


def refuse_client(service: str, region: str) -> Any:
    raise AssertionError("no client is needed")


def test_a_deployment_prints_bucket_event_bus_and_api() -> None:
    output = {
        "target": "aws",
        "regions": {"home": "eu-west-3"},
        "buckets": {"media": "rekbridge-media-123456789012-eu-west-3"},
        "event_bus": "rekbridge",
        "api": {"url": "https://abc.execute-api.eu-west-3.amazonaws.com/v1"},
    }
    assert format_addresses(Deployment(output, refuse_client)).split("\n") == [
        "  Upload images to     s3://rekbridge-media-123456789012-eu-west-3/<owner>/…",
        "  Events are sent to   the event bus rekbridge",
        "  REST API             https://abc.execute-api.eu-west-3.amazonaws.com/v1",
    ]
