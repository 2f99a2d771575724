"""Every queue of a deployment is listed: who counts messages must not miss one."""

from typing import Any

import pytest
from rekbridge.read_models.deployment import DeployedQueue, Deployment

HOME, REMOTE = "eu-west-3", "eu-west-1"
SINK_DLQ = {"name": "kit-sink-team-delivery-dlq", "arn": "arn", "url": "url"}


def make_queue(name: str) -> dict[str, str]:
    return {"name": name, "url": f"{name}-url", "dlq_name": f"{name}-dlq", "dlq_url": f"{name}-dlq-url"}


@pytest.fixture
def queues() -> dict[str, Any]:
    return {name: make_queue(name) for name in ("uploads", "bridge", "results")} | {
        "work": {"faces": make_queue("work-faces")},
        "sweep_delivery_dlq": {"name": "sweep-delivery-dlq", "url": "sweep"},
        "events_delivery_dlq": {"name": "events-delivery-dlq", "url": "events"},
    }


def list_queues(queues: dict[str, Any]) -> list[DeployedQueue]:
    outputs = {"regions": {"home": HOME, "remote": REMOTE}, "queues": queues}
    return list(Deployment(outputs, lambda service, region: None).list_queues())


def test_the_dlq_of_a_sink_is_listed_in_the_home_region(queues: dict[str, Any]) -> None:
    with_sink = list_queues(queues | {"sink_delivery_dlqs": {"team": SINK_DLQ}})
    assert set(with_sink) - set(list_queues(queues)) == {DeployedQueue("kit-sink-team-delivery-dlq", "url", HOME)}


def test_a_deployment_without_sinks_has_its_other_queues(queues: dict[str, Any]) -> None:
    assert len(list_queues(queues)) == 2 * 4 + 2
