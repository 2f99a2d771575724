"""Emptying a bucket of 10,000 objects, as `rekbridge destroy` does; run: python -m tests.performance.bucket_emptying.

The baseline deletes one version by each request, as it was done before, in the same bucket with the same keys. Both
emulators run one after the other. The keys have characters that URLs and XML change.
"""

import tempfile
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rekbridge.deploy.bucket_emptying import empty_bucket, iterate_versions
from rekbridge.emulator import EmulatorTarget, LocalCloud

OBJECTS, SMALLEST_OBJECTS = 10_000, 20
REGION, BUCKET = "eu-west-3", "rekbridge-benchmark-of-emptying"


def main() -> None:
    """Measure on each emulator and print a line for each."""
    parser = ArgumentParser("python -m tests.performance.bucket_emptying", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_OBJECTS} objects on one emulator")
    parser.add_argument("--stack", type=Path, help="with --smallest: the folder of a running cloud")
    options = parser.parse_args()
    print(f"{'seconds':12}{'objects':>9}{'baseline: one by one':>23}{'emptying':>10}{'ratio':>8}")
    if options.stack:
        measure(LocalCloud(options.stack), SMALLEST_OBJECTS)
    else:
        targets = (EmulatorTarget.ministack,) if options.smallest else tuple(EmulatorTarget)
        for target in targets:
            with (
                tempfile.TemporaryDirectory() as folder,
                LocalCloud.start_private(Path(folder), target=target) as cloud,
            ):
                measure(cloud, SMALLEST_OBJECTS if options.smallest else OBJECTS)


def measure(cloud: LocalCloud, objects: int) -> None:
    """Fill a versioned bucket and empty it, in both ways. Prints one line."""
    s3 = cloud.client("s3", REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    fill_bucket(s3, objects)
    baseline = time.monotonic()
    delete_one_by_one(s3)
    baseline = time.monotonic() - baseline
    fill_bucket(s3, objects)
    emptying = time.monotonic()
    empty_bucket(s3, BUCKET, owner="000000000000")
    emptying = time.monotonic() - emptying
    s3.delete_bucket(Bucket=BUCKET)
    print(f"{cloud.target:12}{objects:9,}{baseline:23.1f}{emptying:10.1f}{baseline / emptying:8.1f}", flush=True)


def fill_bucket(s3: Any, objects: int) -> None:
    """Put this number of objects."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=BUCKET, Key=key, Body=b"any"), list_keys(objects)))


def list_keys(objects: int) -> list[str]:
    """Return as many keys, each with '+', '%' and a space."""
    return [f"anna/{number:05d} +%2B.jpg" for number in range(objects)]


def delete_one_by_one(s3: Any) -> None:
    """Delete every version by a request of its own."""
    for versions, markers in list(iterate_versions(s3, BUCKET)):
        for version in (*versions, *markers):
            s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])


if __name__ == "__main__":
    main()
