"""
A deployment of an earlier version, upgraded by `rekbridge deploy` of this checkout with work under way.

    make upgrade-drill FROM=7eeaa05
    python -m tests.drills.upgrade 7eeaa05 [--uploads 40] [--interval 1.5] [--at-most 150]

A private MiniStack gets the earlier version's deployment. Images are uploaded all the time: before, during and after
the upgrade, while the local Rekognition is slow and throttles. Exit code: 0 if nothing was lost or done twice.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rekbridge.deploy import deployment, schema
from rekbridge.emulator import LocalCloud
from rekbridge.read_models.deployment import Deployment
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.testing import LocalRekognition, wait_until
from rekbridge_lambda.domain.regions import get_default_quota
from rich.console import Console
from rich.table import Table

from tests.drills import accounting
from tests.drills.accounting import Verdict
from tests.drills.load import Uploader, WorkSampler
from tests.drills.old_tree import Version, export_revision, make_home

# Both transfers, so that staged copies and the bridge take part. Neither operation reads text, which takes seconds.
VARIABLES: dict[str, Any] = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-central-1", "eu-west-1"],
    "operations": {
        "labels": {
            "transfer": "bytes",
            "settings": {"Settings": '{"GeneralLabels": {"LabelExclusionFilters": ["Text"]}}'},
        },
        "faces": {"transfer": "staged"},
    },
    # SWEEP enqueues again what the stopped workers left; this program invokes it as its schedule does.
    "stale_after_s": 60,
    # A message of a stopped INGEST comes back after six times this time.
    "function_settings": {"ingest": {"timeout_s": 60}},
}
# The local Rekognition under load: calls take this long, and this many a second are accepted of each action and region.
ACTIONS = ("DetectLabels", "DetectFaces")
DELAY_MS, TPS = 2000, 1
SETTLE_TIMEOUT_S, SWEEP_INTERVAL_S = 1200.0, 60.0
NOTHING_NEEDED, DEPLOY_NEEDED, NOT_POSSIBLE = 0, 3, 5
WIDTH = 150


def main() -> None:
    """Run the drill and print what it found."""
    parser = ArgumentParser("python -m tests.drills.upgrade")
    parser.add_argument("revision", help="the version that the deployment is made by: a tag, branch or commit")
    parser.add_argument("--uploads", type=int, default=40, help="images that are uploaded at once at the start")
    parser.add_argument("--interval", type=float, default=1.5, help="seconds between the uploads from then on")
    parser.add_argument("--at-most", type=int, default=150, help="images altogether, however long the upgrade takes")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="rekbridge-upgrade-") as folder:
        home = make_home(Path(folder) / "home")
        old = Version(Path(folder) / "old", home)
        try:
            commit = export_revision(options.revision, old.root)
        except OperatorError as error:
            sys.exit(f"{error}\n{error.next_step}")
        print(f"From {options.revision} ({commit[:7]}) to {paths.ROOT}", flush=True)
        # The commands find it as the shared cloud of their home.
        with LocalCloud.start_private(home / "cloud") as cloud:
            findings = list(run_drill(cloud, old, Version(paths.ROOT, home), options))
    print_findings(findings)
    sys.exit(0 if all(finding.holds for finding in findings) else 1)


def run_drill(cloud: LocalCloud, old: Version, new: Version, options: Namespace) -> Iterator[Verdict]:
    """Deploy, upload, upgrade, wait until all is settled, and compare."""
    tfvars = new.home / "drill.tfvars.json"
    tfvars.write_text(json.dumps(VARIABLES))
    target = ("--target", str(cloud.target), "--tfvars", str(tfvars))
    with show_step("the earlier version is deployed"):
        old.run_checked("deploy", *target)
    output = deployment.get_cloud_terraform(cloud).read_outputs()["deployment"]
    deployed = Deployment(output, cache(cloud.client))
    data = accounting.identify_data(deployed)
    uploader, sampler = Uploader(deployed, options.at_most), WorkSampler(deployed)
    rekognition = LocalRekognition(cloud.control_url)
    slow_down(rekognition)
    with show_step(f"{options.uploads} images are uploaded"):
        for _ in range(options.uploads):
            uploader.upload()
    with uploader.upload_meanwhile(options.interval):
        with show_step("work is under way in every place"):
            wait_until(lambda: is_busy(sampler), "work is under way in every place")
        yield check_exit_code(new, target, "before", DEPLOY_NEEDED)
        before = len(uploader.versions)
        with sampler.sample_meanwhile(), show_step("this version is deployed"):
            new.run_checked("deploy", *target)
    during = len(uploader.versions) - before
    yield Verdict("images were uploaded during the upgrade", f"{before} before, {during} during", during > 0)
    idle = [place for place in sampler.count() if not sampler.highest[place]]
    yield Verdict("the upgrade met work in every place", f"at most {dict(sampler.highest)}", not idle)
    speed_up(rekognition)
    with show_step("every upload is settled"):
        settle(deployed, uploader, sampler)
    yield from compare(deployed, uploader, sampler, rekognition)
    yield accounting.check_data_kept(data, accounting.identify_data(deployed))
    yield check_exit_code(new, target, "after", NOTHING_NEEDED)
    yield from check_newer_deployment(deployed, new, target)


def slow_down(rekognition: LocalRekognition) -> None:
    """Make calls slow and quotas small: messages wait, leases are held, and calls are throttled."""
    for region in VARIABLES["allowed_regions"]:
        for action in ACTIONS:
            rekognition.set_quota(region, action, TPS)
    rekognition.delay(DELAY_MS)


def speed_up(rekognition: LocalRekognition) -> None:
    """Undo `slow_down`. The log of calls stays."""
    rekognition.clear_faults()
    for region in VARIABLES["allowed_regions"]:
        for action in ACTIONS:
            rekognition.set_quota(region, action, get_default_quota(action, region))


def is_busy(sampler: WorkSampler) -> bool:
    """Whether work waits or is done now where it stays for a while; the other queues are emptied at once."""
    counts = sampler.count()
    return all(count for place, count in counts.items() if place not in {"bridge", "results"})


def settle(deployed: Deployment, uploader: Uploader, sampler: WorkSampler) -> None:
    """Wait until every upload is settled and nothing is under way, with a sweep now and then; or give up."""
    stack_client, name = deployed.client("lambda", deployed.home), deployed.outputs["functions"]["sweep"]
    deadline, next_sweep_at = time.monotonic() + SETTLE_TIMEOUT_S, time.monotonic() + SWEEP_INTERVAL_S
    while time.monotonic() < deadline:
        statuses = accounting.load_statuses(deployed, uploader.versions)
        if all(status.is_settled for status in statuses) and not any(sampler.count().values()):
            return
        if time.monotonic() > next_sweep_at:
            next_sweep_at += SWEEP_INTERVAL_S
            stack_client.invoke(FunctionName=name, Payload=b"{}")
        time.sleep(1)


def compare(
    deployed: Deployment, uploader: Uploader, sampler: WorkSampler, rekognition: LocalRekognition
) -> Iterator[Verdict]:
    """What came of the uploads, what is left, and what was paid for."""
    yield from accounting.check_uploads(deployed, accounting.load_statuses(deployed, uploader.versions))
    yield from accounting.check_rest(deployed, dict(sampler.count()))
    expected = len(uploader.versions) * len(deployed.operations)
    yield from accounting.check_payments(accounting.load_claims(deployed), rekognition.list_calls(), expected)


def check_exit_code(version: Version, target: Sequence[str], when: str, expected: int) -> Verdict:
    """What `rekbridge upgrade --check` says."""
    process = version.run("upgrade", "--check", *target)
    print(process.stdout + process.stderr, flush=True)
    claim = f"`upgrade --check` {when} the upgrade exits with {expected}"
    return Verdict(claim, f"exit code {process.returncode}", process.returncode == expected)


def check_newer_deployment(deployed: Deployment, version: Version, target: Sequence[str]) -> Iterator[Verdict]:
    """A deployment whose tables say that a newer version made it is left alone."""
    dynamodb = deployed.client("dynamodb", deployed.home)
    table = dynamodb.describe_table(TableName=deployed.get_table("library"))["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=table, Tags=[{"Key": schema.TAG, "Value": "99"}])
    yield check_exit_code(version, target, "of a newer deployment, instead of", NOT_POSSIBLE)
    refused = version.run("deploy", *target)
    tags = dynamodb.list_tags_of_resource(ResourceArn=table)["Tags"]
    is_untouched = {"Key": schema.TAG, "Value": "99"} in tags
    claim = "`deploy` to a newer deployment is refused"
    yield Verdict(claim, f"exit code {refused.returncode}", refused.returncode == 1 and is_untouched)


@contextmanager
def show_step(title: str) -> Iterator[None]:
    """Print a step with the time that it took."""
    started_at = time.monotonic()
    yield
    print(f"{time.monotonic() - started_at:6.1f} s  {title}", flush=True)


def print_findings(findings: list[Verdict]) -> None:
    """Print every finding, and the verdict."""
    table = Table("claim", "figures", "")
    for finding in findings:
        table.add_row(finding.claim, finding.figures, "holds" if finding.holds else "FAILS")
    Console(width=WIDTH, highlight=False, markup=False).print(table)
    failed = sum(not finding.holds for finding in findings)
    print(f"{failed} of {len(findings)} claims FAIL" if failed else f"all {len(findings)} claims hold")


if __name__ == "__main__":
    main()
