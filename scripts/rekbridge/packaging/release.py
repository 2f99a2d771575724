"""Released packages: zips and SBOMs, their digests in their names, in a folder or bucket for any Terraform root."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from rekbridge.packaging.build import Package, get_sbom_name
from rekbridge.support.aws_errors import get_error_code
from rekbridge.support.errors import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?")
# What S3 answers to If-None-Match for an object that exists.
EXISTS_CODE = "PreconditionFailed"


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file of a release. `key` is its path there; `sha256` is in base64, as Lambda and S3 have it."""

    key: str
    sha256: str

    @classmethod
    def name_by_content(cls, name: str, suffix: str, sha256: str) -> Self:
        """Return the file under a name that no other content has. `sha256` is hexadecimal."""
        return cls(f"{name}-{sha256}{suffix}", base64.b64encode(bytes.fromhex(sha256)).decode())


@dataclass(frozen=True, slots=True)
class ReleasedPackage:
    """One function's zip, and its SBOM."""

    name: str
    zip: ReleasedFile
    sbom: ReleasedFile

    @classmethod
    def name_by_content(cls, package: Package, architecture: str) -> Self:
        """Return the package under names that no other content has."""
        name = f"{architecture}/{package.name}"
        return cls(
            package.name,
            ReleasedFile.name_by_content(name, ".zip", package.sha256),
            ReleasedFile.name_by_content(name, ".cdx.json", package.sbom_sha256),
        )


@dataclass(frozen=True, slots=True)
class ReleaseAddress:
    """Where a release is uploaded to: s3://bucket/prefix."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address. Raises OperatorError if it is none."""
        if match := ADDRESS.fullmatch(text):
            return cls(match["bucket"], (match["prefix"] or "").strip("/"))
        raise OperatorError(
            f"{text} is not the address of a bucket.", "Name a bucket in the home region: --upload s3://bucket/prefix"
        )

    def build_key(self, file: ReleasedFile) -> str:
        """Return the key of a file's object."""
        return f"{self.prefix}/{file.key}" if self.prefix else file.key


def write_release(packages: Iterable[Package], architecture: str, built: Path, into: Path) -> list[ReleasedPackage]:
    """Copy the built zips and SBOMs into a release's folder, and list them in its <architecture>/manifest.json.

    Files of older releases stay.
    """
    released = [ReleasedPackage.name_by_content(package, architecture) for package in packages]
    folder = into / architecture
    folder.mkdir(parents=True, exist_ok=True)
    for package in released:
        shutil.copyfile(built / f"{package.name}.zip", into / package.zip.key)
        shutil.copyfile(built / get_sbom_name(package.name), into / package.sbom.key)
    zips = {package.name: asdict(package.zip) for package in released}
    sboms = {package.name: asdict(package.sbom) for package in released}
    _write_json(folder / "manifest.json", {"architecture": architecture, "packages": zips, "sboms": sboms})
    return released


def upload_release(
    client: "S3Client", address: ReleaseAddress, released: Iterable[ReleasedPackage], folder: Path
) -> dict[str, bool]:
    """Upload the zips and SBOMs that the bucket does not have. Returns for each key whether it was uploaded.

    Raises OperatorError if the bucket has another content under the name of one.
    """
    files = [file for package in released for file in (package.zip, package.sbom)]
    return {file.key: _upload_file(client, address, file, folder / file.key) for file in files}


def write_variables(
    address: ReleaseAddress, released: Iterable[ReleasedPackage], architecture: str, folder: Path
) -> Path:
    """Write Terraform's variables `packages` and `architecture` for an uploaded release. Returns the file."""
    rows: Mapping[str, Mapping[str, str]] = {
        package.name: {"bucket": address.bucket, "key": address.build_key(package.zip), "sha256": package.zip.sha256}
        for package in released
    }
    file = folder / architecture / "packages.auto.tfvars.json"
    _write_json(file, {"architecture": architecture, "packages": rows})
    return file


def _upload_file(client: "S3Client", address: ReleaseAddress, file: ReleasedFile, path: Path) -> bool:
    key = address.build_key(file)
    try:
        with path.open("rb") as body:
            client.put_object(Bucket=address.bucket, Key=key, Body=body, IfNoneMatch="*", ChecksumSHA256=file.sha256)
    except ClientError as error:
        if get_error_code(error) != EXISTS_CODE:
            raise
    else:
        return True
    existing = _read_checksum(client, address.bucket, key)
    if existing != file.sha256:
        raise OperatorError(
            f"s3://{address.bucket}/{key} exists, and is not this file: its SHA-256 is {existing}, "
            f"that of the built one {file.sha256}.",
            "Its name contains the digest, so somebody put another file there. Delete it, and upload again.",
        )
    return False


def _read_checksum(client: "S3Client", bucket: str, key: str) -> str:
    """Return an object's SHA-256 in base64: S3's own if it has one, else that of what it returns."""
    stored = client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED").get("ChecksumSHA256")
    if stored:
        return stored
    digest = hashlib.sha256()
    for chunk in client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks():
        digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def _write_json(file: Path, document: Mapping[str, object]) -> None:
    file.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
