"""Runs the demo from its first step to its last line."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from botocore.exceptions import BotoCoreError
from rekbridge_lambda.domain.ids import ResultKey
from rich.console import Console

from rekbridge.demo import annotation, boxes, provisioning, report, tables, uploading
from rekbridge.demo.samples import CONTACT_SHEET_KEY, list_samples
from rekbridge.demo.uploading import UploadOutcome
from rekbridge.emulator import LocalCloud, LocalCloudSettings
from rekbridge.read_models.claims import ClaimRecord, open_claims
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.results import load_results
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError
from rekbridge.support.steps import Steps
from rekbridge.testing import LocalRekognition, RekognitionCall, reconciliation

# The tables' width if the output is no terminal.
DEFAULT_WIDTH = 150


@dataclass(frozen=True, slots=True)
class DemoRun:
    """The uploads of one run, the claims before and after it, and the calls that Rekognition logged during it."""

    outcomes: list[UploadOutcome]
    claims_before: Mapping[ResultKey, ClaimRecord]
    claims_after: Mapping[ResultKey, ClaimRecord]
    calls: list[RekognitionCall]


def run_demo(settings: LocalCloudSettings) -> None:
    """Deploy, upload and print the results. Raises OperatorError if an image or a byte is not where it should be."""
    try:
        _run_demo(settings)
    except (BotoCoreError, URLError) as error:
        raise OperatorError(
            f"The local cloud has stopped answering: {error}",
            "To find out why: rekbridge cloud status, rekbridge cloud logs emulator. To run again: make demo",
        ) from error


def _run_demo(settings: LocalCloudSettings) -> None:
    started = time.perf_counter()
    folder = settings.folder / "demo"
    with Steps() as steps:
        cloud, deployed = provisioning.provision(steps, settings)
        run = _upload_samples(steps, cloud, deployed, folder)
    problems = _print_tables(deployed, run)
    _save_annotated_image(deployed, run.outcomes, folder)
    out.print(f"Done in {time.perf_counter() - started:.0f} s. {_format_cost(run)}\n")
    _print_next_commands(cloud, deployed, folder)
    if problems:
        raise OperatorError(
            "\n".join(["The demo has found problems:", *problems]),
            "The logs of the Lambdas: rekbridge cloud logs emulator. To start from nothing: make clean, make demo",
        )


def _upload_samples(steps: Steps, cloud: LocalCloud, deployed: Deployment, folder: Path) -> DemoRun:
    with steps.run_step("sample images") as step:
        files = uploading.write_samples(list_samples(), folder / "images")
        step.show(f"{len(files)} files, photographs and unusual formats")
    claims, rekognition = open_claims(deployed), LocalRekognition(cloud.control_url)
    all_before, old_calls = claims.load_all_claims(), {call.id for call in rekognition.list_calls()}
    with steps.run_step("upload and analysis") as step:
        outcomes = list(uploading.upload_samples(deployed, files, step.show_progress))
        step.show(f"{len(outcomes)} of {len(files)} images, one after the other")
    calls = [call for call in rekognition.list_calls() if call.id not in old_calls]
    result_keys = uploading.list_result_keys(outcomes, deployed.operations)
    claims_before = {key: all_before[key] for key in result_keys if key in all_before}
    return DemoRun(outcomes, claims_before, claims.load_claims(result_keys), calls)


def _print_tables(deployed: Deployment, run: DemoRun) -> list[str]:
    """Print the two tables and whether they agree. Returns a description of each problem."""
    totals = reconciliation.sum_claims(run.claims_before, run.claims_after)
    log = reconciliation.sum_calls(run.calls, deployed.actions)
    console = Console(width=out.width if out.is_terminal else DEFAULT_WIDTH, highlight=False)
    for table in (tables.build_result_table(run.outcomes), tables.build_transfer_table(totals, log)):
        console.print()
        console.print(table)
    differences = reconciliation.find_differences(totals, log)
    if differences:
        out.print("\n".join(differences), style="red")
    else:
        out.print(
            "The claims table and Rekognition's own log agree: every call and every byte is accounted for.",
            style="green",
        )
    if run.calls:
        out.print(f"Metadata in the images that were sent: {_format_metadata(run.calls)}")
    out.print()
    repeated = [
        f"paid for more than once: {result_key}"
        for result_key in reconciliation.find_repeated_payments(run.claims_before, run.claims_after)
    ]
    failures = report.describe_failures(run.outcomes)
    return [*failures, *(report.describe_queues(deployed) if failures else []), *differences, *repeated]


def _format_metadata(calls: list[RekognitionCall]) -> str:
    return ", ".join(sorted({name for call in calls for name in call.metadata})) or "none"


def _format_cost(run: DemoRun) -> str:
    if run.calls:
        return f"{len(run.calls)} calls to Rekognition."
    stored = sum(claim.done_count for claim in run.claims_before.values())
    return f"No cost: 0 calls to Rekognition, because all {stored} results were already stored."


def _save_annotated_image(deployed: Deployment, outcomes: list[UploadOutcome], folder: Path) -> None:
    statuses = (one.status for one in outcomes if one.sample.key == CONTACT_SHEET_KEY and one.is_as_expected)
    status = next(statuses, None)
    if status is None:
        return
    responses = {name: result.response for name, result in load_results(deployed, status).items()}
    found = {name: boxes.extract_boxes(name, response) for name, response in responses.items()}
    unplaced = boxes.list_unplaced_labels(responses["labels"]) if "labels" in responses else []
    paths = {name: f"{row.transfer}, from {deployed.home} to {row.region}" for name, row in status.results.items()}
    file = folder / "annotated.png"
    annotation.draw_annotated_image(folder / "images" / CONTACT_SHEET_KEY, found, paths, unplaced).save(file)
    out.print(f"Image with the boxes drawn on it: {file}")


def _print_next_commands(cloud: LocalCloud, deployed: Deployment, folder: Path) -> None:
    account = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    out.print("The local cloud keeps running. To look around:", style="bold")
    for purpose, command in (
        ("first", f"export AWS_ENDPOINT_URL={cloud.endpoint} AWS_DEFAULT_REGION={deployed.home} {account}"),
        ("your own image", f"aws s3 cp FILE s3://{deployed.get_bucket('media')}/me/"),
        ("library table", f"aws dynamodb scan --table-name {deployed.get_table('library')}"),
        ("claims table", f"aws dynamodb scan --table-name {deployed.get_table('claims')}"),
        ("raw responses", f"aws s3 ls --recursive s3://{deployed.get_bucket('results')}"),
        ("sample images", f"{folder / 'images'}, licences in tests/photos/LICENCES.md"),
        ("logs", "rekbridge cloud logs emulator, rekbridge cloud logs engine"),
        ("stop it", "make cloud-down"),
    ):
        out.print(f"  {purpose:15} {command}", markup=False)
