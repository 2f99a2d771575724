"""When the alarm on lack of progress fires: a sweep every five minutes in virtual time, judged as by CloudWatch."""

from collections.abc import Callable

from rekbridge_lambda.domain.messages import Work

from tests.builders import MINUTE
from tests.pipeline_harness import PipelineHarness

PERIOD = 5 * MINUTE
HOUR, DAY = 12, 12 * 24
# modules/home/alarms.tf: so many periods in a row with IF(answers > 0, 0, stale) above zero.
PERIODS_TO_FIRE = 3

type PeriodAction = Callable[[int], None]


class WatchedOperation:
    """One operation, and what becomes of its images in each period of five minutes."""

    def __init__(self, images: int) -> None:
        self.harness = PipelineHarness()
        self.harness.operations = {"labels": self.harness.operations["labels"]}
        self.upload(images)

    def upload(self, images: int) -> None:
        for _ in range(images):
            name = f"{len(self.harness.media)}"
            self.harness.ingest(self.harness.store_original(name, f"anna/{name}.png"))

    def analyze(self, work: Work) -> None:
        self.harness.analyze(work)
        while self.harness.result_queue:
            self.harness.route(self.harness.result_queue.pop())

    def watch(self, periods: int, act: PeriodAction = lambda _: None) -> list[int]:
        """The periods at whose end the alarm is on."""
        stalled, firing = 0, []
        for period in range(periods):
            self.harness.metrics.counts.clear()
            act(period)
            stale = self.harness.sweep().stale["labels"]
            answers = self.harness.metrics.list_emitted("StoredAnswers")["labels"]
            stalled = stalled + 1 if stale and not answers else 0
            firing += [period] if stalled >= PERIODS_TO_FIRE else []
            self.harness.now.at += PERIOD
        return firing


def test_it_is_silent_without_work() -> None:
    assert WatchedOperation(images=0).watch(DAY) == []


def test_an_outage_fires_it_within_three_quarters_of_an_hour_and_it_stays_on() -> None:
    operation = WatchedOperation(images=3)
    firing = operation.watch(DAY)
    assert firing[0] < 9
    assert firing == list(range(firing[0], DAY))


def test_it_ends_with_the_first_answer_after_an_outage() -> None:
    operation = WatchedOperation(images=20)

    def answer_after_an_hour(period: int) -> None:
        if period >= HOUR:
            operation.analyze(operation.harness.work_queue.sent.pop(0))

    assert max(operation.watch(2 * HOUR, answer_after_an_hour)) == HOUR - 1


def test_a_bulk_load_that_waits_for_hours_is_silent_while_it_advances() -> None:
    operation = WatchedOperation(images=100)

    def answer_one_image(_: int) -> None:
        operation.analyze(operation.harness.work_queue.sent.pop(0))

    assert operation.watch(100, answer_one_image) == []


def test_one_image_that_never_ends_fires_it_when_nothing_else_is_done_and_not_for_ever() -> None:
    operation = WatchedOperation(images=1)
    [hopeless] = {work.run_id for work in operation.harness.work_queue.sent}

    def answer_others(period: int) -> None:
        if period < 2 * HOUR or period >= 3 * DAY:
            operation.upload(1)
        for work in [work for work in operation.harness.work_queue.sent if work.run_id != hopeless]:
            operation.harness.work_queue.sent.remove(work)
            operation.analyze(work)

    firing = operation.watch(4 * DAY, answer_others)
    assert firing[0] == 2 * HOUR + PERIODS_TO_FIRE - 1
    # For the second day of quiet, and after later uploads, it is no news.
    assert DAY < firing[-1] < 2 * DAY
    assert firing == list(range(firing[0], firing[-1] + 1))
