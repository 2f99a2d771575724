"""Every metric of ours that an alarm watches is emitted by the function that the alarm is about.

The functions run as deployed, on AWS emulated by moto; their lines of the log are read as CloudWatch reads them.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from rekbridge.support import paths

from tests.builders import REMOTE, make_sqs_record
from tests.contract.cloud import Cloud
from tests.contract.deployed_pipeline import DeployedPipeline
from tests.contract.lambda_context import LambdaContext
from tests.plan.alarm_metrics import Metric, iterate_watched_metrics
from tests.plan.conftest import SECOND
from tests.plan.terraform_plan import TerraformPlan

# The prefix and the operations of second.tfvars.
DEPLOYMENT, OPERATIONS = "rekbridge-test", ("labels", "text")


def open_a_circuit(pipeline: DeployedPipeline) -> None:
    """ANALYZE is refused by a region, as for an account that has not enabled it."""
    body = b'{"__type": "AccessDeniedException", "Message": "User is not authorized to perform this action"}'
    headers: Any = {"Content-Type": "application/x-amz-json-1.1"}
    refusal = AWSResponse("https://rekognition", 400, headers, RawRefusal(body))
    rekognition = pipeline.functions["analyze"].paid_calls.rekognition.clients(REMOTE)
    rekognition.meta.events.register_first("before-send.rekognition", lambda **_: refusal)
    pipeline.upload("anna/cat.png")
    [work] = pipeline.cloud.receive_bodies(pipeline.queues["labels"])
    record = make_sqs_record(work, queue=pipeline.queues["labels"].rpartition("/")[2])
    pipeline.functions["analyze"].handler({"Records": [record]}, LambdaContext(30_000))


def store_answers(pipeline: DeployedPipeline) -> None:
    pipeline.upload("anna/cat.png")
    pipeline.bridge_staged_copies()
    pipeline.analyze()
    pipeline.route()


EMITTERS: dict[str, Callable[[DeployedPipeline], object]] = {
    "CircuitsOpened": open_a_circuit,
    "StaleRuns": DeployedPipeline.sweep,
    "StoredAnswers": store_answers,
}


class RawRefusal:
    """The raw part of a response."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> Iterator[bytes]:
        yield self.body


@pytest.fixture
def pipeline() -> Iterator[DeployedPipeline]:
    with mock_aws(), pytest.MonkeyPatch.context() as monkeypatch:
        yield DeployedPipeline(Cloud(), monkeypatch, DEPLOYMENT)


def read_metrics(log: str) -> dict[Metric, float]:
    """The metrics in a log, added up: CloudWatch extracts them from lines in the embedded metric format."""
    metrics: dict[Metric, float] = {}
    for record in (json.loads(line) for line in log.splitlines() if line.startswith('{"_aws"')):
        for directive in record["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                for metric in directive["Metrics"]:
                    dimensions = frozenset((name, record[name]) for name in names)
                    found = Metric(directive["Namespace"], metric["Name"], dimensions)
                    metrics[found] = metrics.get(found, 0) + record[metric["Name"]]
    return metrics


def find_watched(plan: TerraformPlan, name: str) -> set[Metric]:
    return {metric for _, metric in iterate_watched_metrics(plan) if metric.name == name}


def test_every_metric_of_ours_that_an_alarm_watches_is_in_this_test(second_plan: TerraformPlan) -> None:
    watched = {metric.name for _, metric in iterate_watched_metrics(second_plan) if metric.namespace == "Rekbridge"}
    assert watched == EMITTERS.keys()


@pytest.mark.parametrize("name", EMITTERS)
def test_a_function_emits_exactly_the_metric_that_the_alarm_watches(
    second_plan: TerraformPlan, pipeline: DeployedPipeline, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    EMITTERS[name](pipeline)
    emitted = read_metrics(capsys.readouterr().out)
    watched = find_watched(second_plan, name)
    assert watched
    assert watched <= emitted.keys()


def test_an_answer_counts_as_progress_of_its_operation_only(
    pipeline: DeployedPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.upload("anna/cat.png")
    pipeline.bridge_staged_copies()
    [work] = pipeline.cloud.receive_bodies(pipeline.queues["labels"])
    pipeline.invoke("analyze", "labels", json.loads(work))
    pipeline.route()
    pipeline.sweep()
    emitted = read_metrics(capsys.readouterr().out)
    answers = {
        dict(metric.dimensions)["Operation"]: n for metric, n in emitted.items() if metric.name == "StoredAnswers"
    }
    assert answers == {"labels": 1, "text": 0}


def test_a_sweep_that_fails_emits_what_it_knows(
    pipeline: DeployedPipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = pipeline.functions["sweep"].sweeper.staging
    monkeypatch.setattr(type(staging), "list_copies", lambda _: iter([("key", None)]))
    with pytest.raises(ExceptionGroup):
        pipeline.sweep()
    names = {metric.name for metric in read_metrics(capsys.readouterr().out)}
    assert names == {"StaleRuns", "StoredAnswers", "RunsRemaining"}


def test_every_metric_of_ours_has_the_dimension_of_its_deployment(
    pipeline: DeployedPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    store_answers(pipeline)
    pipeline.sweep()
    emitted = read_metrics(capsys.readouterr().out)
    assert {metric.name for metric in emitted} >= {"Calls", "StaleRuns", "StoredAnswers", "RunsRemaining"}
    assert {dict(metric.dimensions).get("Deployment") for metric in emitted} == {DEPLOYMENT}


@pytest.mark.parametrize("name", ["analyze", "api", "route", "sweep"])
def test_the_dimension_of_a_function_is_the_prefix_of_its_deployment(name: str) -> None:
    """In the source: the plan hides the whole environment while one of its values is not known."""
    source = (paths.ROOT / "modules" / "home" / f"{name}.tf").read_text()
    assert [line.split() for line in source.splitlines() if "DEPLOYMENT" in line] == [["DEPLOYMENT", "=", "var.prefix"]]


def test_the_prefix_and_operations_here_are_those_of_the_planned_deployment() -> None:
    text = SECOND.read_text()
    assert f'"{DEPLOYMENT}"' in text
    assert all(f"  {operation}" in text for operation in OPERATIONS)
