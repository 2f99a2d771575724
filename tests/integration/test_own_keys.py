"""Callers of the REST API name their own keys; the secret of the ids is with AWS only."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.credentials import Credentials
from rekbridge.api.client import ApiClient, ApiResponse
from rekbridge.testing import LocalRekognition, Stack

from tests.integration.sample_images import make_image

USER = "uploader"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(stack: Stack) -> Iterator[ApiClient]:
    """A client with the access key of an IAM user whom nobody has listed as trusted."""
    iam = stack.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    yield ApiClient(stack.deployed.api_url, stack.deployed.home, credentials)
    iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=USER)


def post(client: ApiClient, path: str, body: dict[str, Any]) -> ApiResponse:
    return client.request("POST", path, json.dumps(body).encode(), JSON)


@pytest.mark.needs("caller-identity")
def test_a_user_reaches_its_own_keys_only(
    stack: Stack, client: ApiClient, rekognition: LocalRekognition, owner: str
) -> None:
    stack.wait_until_settled(stack.upload(f"{owner}/a.jpg", make_image(owner)))
    calls = len(rekognition.list_calls())
    for path, body in (
        ("/uploads", {"key": f"{owner}/b.jpg"}),
        ("/analyze/labels", {"Image": {"S3Object": {"Name": f"{owner}/a.jpg"}}}),
        ("/analyze/labels", {"Image": {"S3Object": {"Name": f"{owner}/none.jpg"}}}),
    ):
        refused = post(client, path, body)
        assert (refused.status, refused.json().get("code")) == (403, "not-your-prefix")
        assert f"user-{USER}/" in refused.json()["message"]
    assert len(rekognition.list_calls()) == calls


def test_a_user_uploads_and_analyses_with_its_own_prefix(stack: Stack, client: ApiClient, owner: str) -> None:
    key = f"user-{USER}/{owner}.jpg"
    assert post(client, "/uploads", {"key": key}).status == 200
    stack.wait_until_settled(stack.upload(key, make_image(owner)))
    assert post(client, "/analyze/labels", {"Image": {"S3Object": {"Name": key}}}).status == 200


def test_the_value_of_the_secret_is_in_no_file_of_the_deployment(stack: Stack) -> None:
    secrets = stack.client("secretsmanager")
    value = secrets.get_secret_value(SecretId="rekbridge-ids")["SecretString"]
    assert len(value) == 64

    files = [file for file in stack.terraform.folder.rglob("*") if file.is_file() and not file.is_symlink()]
    assert [file for file in files if file.name == "terraform.tfstate"]
    assert [file for file in files if value.encode() in file.read_bytes()] == []
