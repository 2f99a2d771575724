"""What an operator is told when a deployment stands."""

from typing import Any

from rekbridge.deploy.commands import addresses
from rekbridge.read_models.deployed import Deployed


def nobody(service: str, region: str) -> Any:
    raise AssertionError("nothing has to be asked for")


def test_a_deployment_tells_where_images_go_and_what_tells_of_results() -> None:
    told = {
        "target": "aws",
        "regions": {"home": "eu-west-3"},
        "buckets": {"media": "kit-media-123456789012-eu-west-3"},
        "event_bus": "kit",
        "api": {"url": "https://abc.execute-api.eu-west-3.amazonaws.com/v1"},
    }
    assert addresses(Deployed(told, nobody)).split("\n") == [
        "  Images go to         s3://kit-media-123456789012-eu-west-3/<owner>/…",
        "  Results are told on  the event bus kit",
        "  The REST API is      https://abc.execute-api.eu-west-3.amazonaws.com/v1",
    ]
