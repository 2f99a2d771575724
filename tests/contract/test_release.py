"""A release of the packages: what the folder, the bucket and Terraform's variables have."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from rekbridge.packaging import release
from rekbridge.packaging.build import Package
from rekbridge.packaging.release import ReleaseAddress, ReleasedFile, ReleasedPackage
from rekbridge.support.errors import OperatorError

from tests.contract.cloud import Cloud

CONTENTS = {"api": b"the API's zip", "sweep": b"SWEEP's zip"}
SBOMS = {"api": b"the API's SBOM", "sweep": b"SWEEP's SBOM"}


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def hexdigest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, list[Package]]:
    """A folder of built zips and SBOMs, and their list."""
    for name, content in CONTENTS.items():
        (tmp_path / f"{name}.zip").write_bytes(content)
        (tmp_path / f"{name}.cdx.json").write_bytes(SBOMS[name])
    return tmp_path, [
        Package(name, "inputs", hexdigest(content), len(content), len(content), hexdigest(SBOMS[name]))
        for name, content in CONTENTS.items()
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The release's folder."""
    return tmp_path / "release"


@pytest.fixture
def released(built: tuple[Path, list[Package]], folder: Path) -> list[ReleasedPackage]:
    return release.write_release(built[1], "arm64", built[0], folder)


@pytest.fixture
def address(cloud: Cloud) -> ReleaseAddress:
    return ReleaseAddress(cloud.create_bucket(), "rekbridge/0.1.0")


def list_files(released: list[ReleasedPackage]) -> dict[str, bytes]:
    """Return every file of a release by its key."""
    zips = {package.zip.key: CONTENTS[package.name] for package in released}
    return zips | {package.sbom.key: SBOMS[package.name] for package in released}


def test_the_name_of_a_file_contains_its_digest_and_architecture(released: list[ReleasedPackage], folder: Path) -> None:
    for package in released:
        assert package.zip.key == f"arm64/{package.name}-{hexdigest(CONTENTS[package.name])}.zip"
        assert package.sbom.key == f"arm64/{package.name}-{hexdigest(SBOMS[package.name])}.cdx.json"
    assert {key: (folder / key).read_bytes() for key in list_files(released)} == list_files(released)


def test_the_manifest_has_the_digest_that_lambda_shows(released: list[ReleasedPackage], folder: Path) -> None:
    manifest = json.loads((folder / "arm64" / "manifest.json").read_text())
    assert manifest["architecture"] == "arm64"
    assert manifest["packages"] == {
        package.name: {"key": package.zip.key, "sha256": digest(CONTENTS[package.name])} for package in released
    }


def test_the_manifest_names_the_sboms_with_their_digests(released: list[ReleasedPackage], folder: Path) -> None:
    manifest = json.loads((folder / "arm64" / "manifest.json").read_text())
    assert manifest["sboms"] == {
        package.name: {"key": package.sbom.key, "sha256": digest(SBOMS[package.name])} for package in released
    }


def test_both_architectures_have_a_place_in_one_release(built: tuple[Path, list[Package]], folder: Path) -> None:
    for architecture in ("arm64", "x86_64"):
        release.write_release(built[1], architecture, built[0], folder)
    assert {file.parent.name for file in folder.glob("*/manifest.json")} == {"arm64", "x86_64"}


def test_an_uploaded_file_is_the_built_one(
    cloud: Cloud, address: ReleaseAddress, released: list[ReleasedPackage], folder: Path
) -> None:
    release.upload_release(cloud.client("s3"), address, released, folder)
    for key, content in list_files(released).items():
        stored = cloud.client("s3").get_object(Bucket=address.bucket, Key=f"rekbridge/0.1.0/{key}")
        assert stored["Body"].read() == content


def test_a_file_that_the_bucket_has_is_not_uploaded_again(
    cloud: Cloud, address: ReleaseAddress, released: list[ReleasedPackage], folder: Path
) -> None:
    uploads = [release.upload_release(cloud.client("s3"), address, released, folder) for _ in range(2)]
    assert uploads == [dict.fromkeys(list_files(released), True), dict.fromkeys(list_files(released), False)]


@pytest.mark.parametrize("suffix", [".zip", ".cdx.json"])
@pytest.mark.parametrize("checksum", [{"ChecksumAlgorithm": "SHA256"}, {}])
def test_another_content_under_the_name_of_a_file_is_refused(
    cloud: Cloud,
    address: ReleaseAddress,
    released: list[ReleasedPackage],
    folder: Path,
    checksum: dict[str, str],
    suffix: str,
) -> None:
    key = f"rekbridge/0.1.0/{next(key for key in list_files(released) if key.endswith(suffix))}"
    cloud.client("s3").put_object(Bucket=address.bucket, Key=key, Body=b"something else", **checksum)
    with pytest.raises(OperatorError, match="is not this file") as refused:
        release.upload_release(cloud.client("s3"), address, released, folder)
    assert key in str(refused.value)
    assert cloud.client("s3").get_object(Bucket=address.bucket, Key=key)["Body"].read() == b"something else"


def test_terraform_gets_every_function_with_its_bucket(
    address: ReleaseAddress, released: list[ReleasedPackage], folder: Path
) -> None:
    file = release.write_variables(address, released, "arm64", folder)
    assert file.name.endswith(".auto.tfvars.json")
    assert json.loads(file.read_text()) == {
        "architecture": "arm64",
        "packages": {
            package.name: {
                "bucket": address.bucket,
                "key": f"rekbridge/0.1.0/{package.zip.key}",
                "sha256": digest(CONTENTS[package.name]),
            }
            for package in released
        },
    }


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("s3://releases", ReleaseAddress("releases", "")),
        ("s3://releases/", ReleaseAddress("releases", "")),
        ("s3://releases/rekbridge/0.1.0/", ReleaseAddress("releases", "rekbridge/0.1.0")),
    ],
)
def test_an_address_has_a_bucket_and_perhaps_a_prefix(text: str, parsed: ReleaseAddress) -> None:
    assert ReleaseAddress.parse(text) == parsed


@pytest.mark.parametrize("text", ["releases", "https://releases.s3.amazonaws.com", "s3://", "s3://Releases/x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(OperatorError, match="not the address of a bucket") as refused:
        ReleaseAddress.parse(text)
    assert "s3://bucket/prefix" in refused.value.next_step


def test_a_file_at_the_top_of_a_bucket_has_no_slash_before_its_key() -> None:
    assert ReleaseAddress("releases", "").build_key(ReleasedFile("arm64/api-1.zip", "")) == "arm64/api-1.zip"
