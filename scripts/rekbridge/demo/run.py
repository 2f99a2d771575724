"""The demo from its first step to its last line."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from botocore.exceptions import BotoCoreError
from rich.console import Console

from rekbridge.demo import boxes, calls, picture, preparing, reconciliation, report, tables, uploading
from rekbridge.demo.calls import Call
from rekbridge.demo.samples import SHEET, samples
from rekbridge.demo.steps import Steps
from rekbridge.demo.uploading import Told
from rekbridge.emulator import LocalCloud, Plan
from rekbridge.read_models.answers import answers
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.ledger import Entry, Ledger
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError

# Where nobody's terminal says otherwise.
WIDTH = 150


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one run brought: images, the ledger before and after it, the calls that reached Rekognition meanwhile."""

    told: list[Told]
    before: Mapping[str, Entry]
    after: Mapping[str, Entry]
    calls: list[Call]


def run(plan: Plan) -> None:
    """Deploy, upload, show. Raises OperatorError when an image or a byte is not where it should be."""
    try:
        _run(plan)
    except (BotoCoreError, URLError) as error:
        raise OperatorError(
            f"The local cloud does not answer any more: {error}",
            "Why: rekbridge cloud status, rekbridge cloud logs emulator. Then again: make demo",
        ) from error


def _run(plan: Plan) -> None:
    began = time.perf_counter()
    folder = plan.folder / "demo"
    with Steps() as steps:
        cloud, deployed = preparing.ready(steps, plan)
        analysed = _analyse(steps, cloud, deployed, folder)
    problems = _show(deployed, analysed)
    _draw(deployed, analysed.told, folder)
    out.print(f"Done in {time.perf_counter() - began:.0f} s. {_price(analysed)}\n")
    _look_around(cloud, deployed, folder)
    if problems:
        raise OperatorError(
            "\n".join(["Not all is well:", *problems]),
            "What the Lambdas said: rekbridge cloud logs emulator. To begin anew: make clean, make demo",
        )


def _analyse(steps: Steps, cloud: LocalCloud, deployed: Deployed, folder: Path) -> Analysed:
    with steps.step("sample images") as step:
        files = uploading.written(samples(), folder / "images")
        step.say(f"{len(files)} files, photographs and odd formats")
    ledger, questions = Ledger(deployed), uploading.questions(files, deployed.operations)
    before, known = ledger.entries(questions), {call.id for call in calls.logged(cloud.control_url)}
    with steps.step("upload and analysis") as step:
        told = list(uploading.told(deployed, files, step.count))
        step.say(f"{len(told)} of {len(files)} images, one after the other")
    anew = [call for call in calls.logged(cloud.control_url) if call.id not in known]
    return Analysed(told, before, ledger.entries(questions), anew)


def _show(deployed: Deployed, analysed: Analysed) -> list[str]:
    """Print the two tables; what is wrong, in words."""
    lines = reconciliation.lines(analysed.before, analysed.after)
    log = reconciliation.received(analysed.calls, deployed.actions)
    paper = Console(width=out.width if out.is_terminal else WIDTH, highlight=False)
    for table in (tables.results(analysed.told), tables.bytes_sent(lines, log)):
        paper.print()
        paper.print(table)
    differences = reconciliation.differences(lines, log)
    told = "\n".join(differences) or "Ledger and Rekognition's log agree: every call and every byte is accounted for."
    out.print(told, style="red" if differences else "green")
    if analysed.calls:
        out.print(f"Metadata in the images that were sent: {_metadata(analysed.calls)}")
    out.print()
    paid = [f"asked and paid again: {result}" for result in reconciliation.paid_again(analysed.before, analysed.after)]
    stuck = report.stuck(analysed.told)
    return [*stuck, *(report.waiting(deployed) if stuck else []), *differences, *paid]


def _metadata(anew: list[Call]) -> str:
    found = sorted({name for call in anew for name in call.metadata})
    return ", ".join(found) or "none"


def _price(analysed: Analysed) -> str:
    there = sum(entry.answered for entry in analysed.before.values())
    if analysed.calls:
        return f"{len(analysed.calls)} calls to Rekognition."
    return f"Nothing was paid for: 0 calls to Rekognition, all {there} answers were there."


def _draw(deployed: Deployed, told: list[Told], folder: Path) -> None:
    story = next((one.story for one in told if one.sample.key == SHEET and one.as_meant), None)
    if story is None:
        return
    seen = {name: boxes.boxes(name, result.answer) for name, result in answers(deployed, story).items()}
    paths = {name: f"{found.way}, from {deployed.home} to {found.region}" for name, found in story.results.items()}
    file = folder / "annotated.png"
    picture.drawn(folder / "images" / SHEET, seen, paths).save(file)
    out.print(f"The boxes, drawn: {file}")


def _look_around(cloud: LocalCloud, deployed: Deployed, folder: Path) -> None:
    account = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    out.print("The cloud stays up for a look around:", style="bold")
    for what, how in (
        ("first", f"export AWS_ENDPOINT_URL={cloud.endpoint} AWS_DEFAULT_REGION={deployed.home} {account}"),
        ("your own image", f"aws s3 cp FILE s3://{deployed.bucket('media')}/me/"),
        ("the library", f"aws dynamodb scan --table-name {deployed.table('library')}"),
        ("the ledger", f"aws dynamodb scan --table-name {deployed.table('ledger')}"),
        ("raw answers", f"aws s3 ls --recursive s3://{deployed.bucket('results')}"),
        ("the images", f"{folder / 'images'}, their licences in tests/photos/LICENCES.md"),
        ("its logs", "rekbridge cloud logs emulator, rekbridge cloud logs engine"),
        ("its end", "make cloud-down"),
    ):
        out.print(f"  {what:15} {how}", markup=False)
