"""`rekbridge status` against the tables and the bucket as the Lambdas write them."""

from dataclasses import replace

import pytest
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.operation_states import get_upload_state
from rekbridge.status.commands import find_upload_status
from rekbridge.support.errors import OperatorError
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.domain.runs import Source

from tests.builders import HOME, REMOTE, make_upload
from tests.contract.cloud import Cloud

KEY = "anna/cat.png"


@pytest.fixture
def deployment(cloud: Cloud) -> Deployment:
    bucket = cloud.create_bucket()
    cloud.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    output = {
        "regions": {"home": HOME, "remote": REMOTE},
        "operations": {"labels": {"transfer": "bytes"}},
        "tables": {"library": cloud.create_library_table()},
        "buckets": {"media": bucket},
    }
    return Deployment(output, lambda service, _: cloud.client(service))


def put(deployment: Deployment) -> str:
    s3 = deployment.client("s3", HOME)
    return str(s3.put_object(Bucket=deployment.get_bucket("media"), Key=KEY, Body=b"x")["VersionId"])


def reject(deployment: Deployment, version: str) -> None:
    library = LibraryTable(deployment.client("dynamodb", HOME), deployment.get_table("library"))
    library.store_rejection(Source(make_upload(KEY, version), code="unreadable-image", reason="this is a text"))


def test_an_upload_that_waits_for_ingest_is_found_by_its_key(deployment: Deployment) -> None:
    version = put(deployment)
    found = find_upload_status(deployment, KEY, None)
    assert (found.version.version, get_upload_state(found)) == (version, "not_ingested")


def test_a_refused_image_shows_its_reason(deployment: Deployment) -> None:
    reject(deployment, put(deployment))
    assert find_upload_status(deployment, KEY, None).reason == "this is a text"


def test_the_current_version_is_the_default_and_an_earlier_one_can_be_named(deployment: Deployment) -> None:
    first, second = put(deployment), put(deployment)
    reject(deployment, first)
    assert find_upload_status(deployment, KEY, None).version.version == second
    assert find_upload_status(deployment, KEY, first).code == "unreadable-image"


def test_a_deleted_upload_is_found_by_its_version(deployment: Deployment) -> None:
    version = put(deployment)
    reject(deployment, version)
    deployment.client("s3", HOME).delete_object(Bucket=deployment.get_bucket("media"), Key=KEY, VersionId=version)
    assert find_upload_status(deployment, KEY, version).code == "unreadable-image"


@pytest.mark.parametrize("version", [None, "never-there"])
def test_an_unknown_upload_is_an_error_that_says_how_to_look(deployment: Deployment, version: str | None) -> None:
    with pytest.raises(OperatorError, match="not in the media bucket") as error:
        find_upload_status(deployment, "anna/unknown.png", version)
    assert "aws s3 ls" in error.value.next_step


def test_new_content_under_an_overwritten_version_is_not_shown_as_what_was_there(deployment: Deployment) -> None:
    s3, bucket = deployment.client("s3", HOME), deployment.get_bucket("media")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    library = LibraryTable(deployment.client("dynamodb", HOME), deployment.get_table("library"))
    for body in (b"one", b"two"):
        etag = s3.put_object(Bucket=bucket, Key=KEY, Body=body)["ETag"].strip('"')
        assert get_upload_state(find_upload_status(deployment, KEY, None)) == "not_ingested"
        upload = replace(make_upload(KEY, "null"), etag=etag)
        library.store_rejection(Source(upload, code="unreadable-image", reason=body.decode()))
        assert find_upload_status(deployment, KEY, None).reason == body.decode()
