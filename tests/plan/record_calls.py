"""Records the AWS calls that Terraform makes for a deployment: plan, apply, a change of every variable, and destroy.

`python -m tests.plan.record_calls` applies to a private MiniStack as to an account (`target = "aws"`), so that nothing
is left out, and writes recorded_calls.json: calls by resource type. The provider logs every request with its operation.
"""

import json
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.emulator import LocalCloud
from rekbridge.terraform import environment, running, tree

RECORD = Path(__file__).with_name("recorded_calls.json")
VARIABLES: dict[str, Any] = {
    "target": "aws",
    "ephemeral": True,
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1", "eu-central-1"],
    "operations": {"labels": {}, "faces": {}, "text": {"transfer": "staged"}},
    "alarm_topics": {
        "home": "arn:aws:sns:eu-west-3:000000000000:oncall",
        "remote": "arn:aws:sns:eu-west-1:000000000000:oncall",
    },
    "sinks": {
        "archive": {"target": {"queue_arn": "arn:aws:sqs:eu-west-3:000000000000:archive"}},
        "platform": {"target": {"event_bus_arn": "arn:aws:events:eu-west-3:000000000000:event-bus/platform"}},
    },
    "tags": {"cost-centre": "4711"},
}
# What an update calls: another operation, other code, settings, thresholds, and limits.
CHANGES: dict[str, Any] = {
    "log_level": "WARNING",
    "operations": {"labels": {}, "moderation": {}, "text": {"transfer": "staged"}},
    "function_settings": {"ingest": {"concurrency": 4, "timeout_s": 60}, "bridge": {"timeout_s": 20, "memory_mb": 512}},
    "alarms": {"dlq_messages": 3, "function_errors": 3, "api_5xx": 3, "stalled_runs": 3, "circuits_opened": 3},
    "api_throttle": {"per_second": 40, "burst": 80},
    "log_retention_days": 90,
    "tags": {"cost-centre": "4712"},
}
# An entry of the log begins with a time; a request's body in it may have lines of its own.
ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\dT[\d:.]+Z \[)", re.MULTILINE)
FIELD = re.compile(r'(?:^|\s)([a-z_.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))')
# What a request was made for; the provider's own configuration is for nothing of these.
KINDS = ("tf_resource_type", "tf_ephemeral_resource_type", "tf_rpc")


@dataclass(frozen=True)
class Calls:
    """The operations, like `S3:PutBucketPolicy`, and the regions in which they were called: home, remote."""

    operations: set[str]
    regions: set[str]


def main() -> None:
    """Record the calls, and write the file."""
    with tempfile.TemporaryDirectory(prefix="rekbridge-record-") as name:
        folder = Path(name)
        with LocalCloud.start_private(folder / "cloud") as cloud:
            log = apply_and_destroy(cloud, folder)
        RECORD.write_text(format_calls(read_calls(log)))


def apply_and_destroy(cloud: LocalCloud, folder: Path) -> Path:
    """Apply, change and destroy a deployment. Returns the provider's log."""
    root = tree.copy_configuration(folder / "tree")
    (root / "backend_override.tf.json").write_text(json.dumps({"terraform": {"backend": {"local": {}}}}))
    log = folder / "provider.log"
    aws = environment.build_cloud_environment(cloud) | {"TF_DATA_DIR": str(folder / "data")}
    logged = aws | {"TF_LOG_PROVIDER": "DEBUG", "TF_LOG_PATH": str(log)}
    running.init(root, aws)
    steps = [
        ("apply", VARIABLES, "first"),
        ("apply", VARIABLES | CHANGES, "second"),
        ("destroy", VARIABLES | CHANGES, "second"),
    ]
    for command, variables, code in steps:
        values = folder / f"{code}.tfvars.json"
        values.write_text(json.dumps(variables | {"package_dir": str(build_packages(folder / code))}))
        running.run(root, [command, "-auto-approve", "-input=false", f"-var-file={values}"], logged)
    return log


def build_packages(folder: Path) -> Path:
    """Build zips that contain nothing but the folder's name: no function is invoked by Terraform."""
    folder.mkdir(exist_ok=True)
    for name in ("ingest", "bridge", "analyze", "route", "sweep", "api"):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as package:
            package.writestr(zipfile.ZipInfo("code"), folder.name)
    return folder


def read_calls(log: Path) -> dict[str, Calls]:
    """Return the calls by the type of resource that they were made for."""
    calls: dict[str, Calls] = defaultdict(lambda: Calls(set(), set()))
    for fields in iterate_requests(log):
        record = calls[next(fields[name] for name in KINDS if name in fields)]
        record.operations.add(f"{fields['rpc.service']}:{fields['rpc.method']}")
        record.regions.add(
            next(role for role in ("home", "remote") if VARIABLES[f"{role}_region"] == fields["aws.region"])
        )
    return calls


def iterate_requests(log: Path) -> Iterator[dict[str, str]]:
    """Yield the fields of every entry about a request that was sent."""
    for entry in ENTRY.split(log.read_text(errors="replace")):
        if "HTTP Request Sent" in entry:
            yield {name: quoted or plain for name, quoted, plain in FIELD.findall(entry)}


def format_calls(calls: Mapping[str, Calls]) -> str:
    """Format the record: one resource type after another, calls in alphabetical order."""
    rows = {
        kind: {"regions": sorted(calls[kind].regions), "calls": sorted(calls[kind].operations)}
        for kind in sorted(calls)
    }
    return json.dumps(rows, indent=2) + "\n"


if __name__ == "__main__":
    main()
