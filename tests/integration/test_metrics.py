"""The metrics of the deployed functions, in their logs: an alarm finds each by its deployment and operation."""

import json

from rekbridge.testing import Stack, wait_until

from tests.integration.call_records import load_log_messages
from tests.integration.sample_images import make_image

type EmittedMetric = tuple[str, str, str]


def list_emitted(stack: Stack, function: str) -> set[EmittedMetric]:
    """Every metric with its deployment and operation that this function has emitted for an operation."""
    records = [json.loads(line) for line in load_log_messages(stack, function) if line.startswith('{"_aws"')]
    return {
        (metric["Name"], record["Deployment"], record["Operation"])
        for record in records
        for directive in record["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        if ["Deployment", "Operation"] in directive["Dimensions"]
    }


def list_expected(stack: Stack, *names: str) -> set[EmittedMetric]:
    outputs = stack.deployed.outputs
    return {(name, outputs["prefix"], operation) for name in names for operation in outputs["operations"]}


def test_route_and_sweep_emit_what_the_alarms_on_lack_of_progress_watch(stack: Stack, owner: str) -> None:
    stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))
    stack.invoke("sweep")
    wait_until(
        lambda: list_emitted(stack, "route") >= list_expected(stack, "StoredAnswers"), "the log of ROUTE has answers"
    )
    wait_until(
        lambda: list_emitted(stack, "sweep") >= list_expected(stack, "StaleRuns", "StoredAnswers"),
        "the log of SWEEP has both metrics",
    )
