"""Counts: the fake and the lines of the log that CloudWatch reads have the same metrics, dimensions and values."""

import json
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from rekbridge_lambda.adapters.metrics import NAMESPACE, EmbeddedMetrics
from rekbridge_lambda.ports import Metrics

from tests.fakes import FakeMetrics

type Counts = Counter[tuple[str, frozenset[tuple[str, str]]]]


@pytest.fixture(params=["fake", "log"])
def subject(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> tuple[Metrics, Callable[[], Counts]]:
    """The port, and what it has counted."""
    fake = FakeMetrics()
    if request.param == "fake":
        return fake, lambda: fake.counts
    return EmbeddedMetrics("rekbridge"), lambda: read_counts(capsys.readouterr().out)


def read_counts(log: str) -> Counts:
    """The counts in a log, without the dimension of the deployment, which no use case knows."""
    counts: Counts = Counter()
    for record in map(json.loads, log.splitlines()):
        for directive in record["_aws"]["CloudWatchMetrics"]:
            [names] = directive["Dimensions"]
            dimensions = frozenset((name, record[name]) for name in names if name != "Deployment")
            for metric in directive["Metrics"]:
                counts[metric["Name"], dimensions] += record[metric["Name"]]
    return counts


@pytest.mark.parametrize(
    ("counts", "dimensions"),
    [({"RunsRemaining": 3}, {}), ({"StaleRuns": 2, "StoredAnswers": 0}, {"Operation": "labels"})],
)
def test_every_count_has_its_dimensions(
    subject: tuple[Metrics, Callable[[], Counts]], counts: Mapping[str, int], dimensions: dict[str, str]
) -> None:
    metrics, read = subject
    metrics.emit_counts(counts, **dimensions)
    assert read() == {(name, frozenset(dimensions.items())): value for name, value in counts.items()}


def test_counts_of_one_metric_are_added_by_dimensions(subject: tuple[Metrics, Callable[[], Counts]]) -> None:
    metrics, read = subject
    for operation in ("labels", "text", "labels"):
        metrics.emit_counts({"StoredAnswers": 1}, Operation=operation)
    by_operation = {dict(dimensions)["Operation"]: value for (_, dimensions), value in read().items()}
    assert by_operation == {"labels": 2, "text": 1}


def test_a_line_has_the_form_of_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    """docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    EmbeddedMetrics("rekbridge-test").emit_counts({"Calls": 1}, Region="eu-west-1")
    [line] = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    assert isinstance(record["_aws"].pop("Timestamp"), int)
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Deployment", "Region"]],
        "Metrics": [{"Name": "Calls", "Unit": "Count"}],
    }
    assert record == {
        "_aws": {"CloudWatchMetrics": [directive]},
        "Calls": 1,
        "Deployment": "rekbridge-test",
        "Region": "eu-west-1",
    }
