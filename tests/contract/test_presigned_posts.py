"""Presigned posts: their URL on AWS and on an emulator, what they permit, and for how long."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from rekbridge_lambda.adapters.s3.presigned_posts import SIGNING_CONFIG, MediaUploadSigner
from rekbridge_lambda.domain.uploads import PresignedPost, UploadRequest

from tests.builders import HOME
from tests.contract.cloud import AWS, Cloud


def sign_upload(region: str = HOME, request: UploadRequest | None = None) -> PresignedPost:
    return MediaUploadSigner(AWS.create("s3", region, SIGNING_CONFIG), "media-1").sign_upload(
        request or UploadRequest("anna/cat.jpg", "image/jpeg")
    )


def parse_conditions(post: PresignedPost) -> list[Any]:
    conditions = json.loads(base64.b64decode(post.fields["policy"]))["conditions"]
    assert isinstance(conditions, list)
    return conditions


@pytest.mark.parametrize("home", ["eu-west-3", "us-east-1", "il-central-1", "ap-southeast-7"])
def test_the_url_is_the_buckets_host_in_its_region(home: str, cloud: Cloud) -> None:
    assert sign_upload(home).url == f"https://media-1.s3.{home}.amazonaws.com/"


@pytest.mark.parametrize(
    "condition",
    [
        {"bucket": "media-1"},
        {"key": "anna/cat.jpg"},
        {"Content-Type": "image/jpeg"},
        ["content-length-range", 1, 100 << 20],
    ],
    ids=["bucket", "key", "type", "size"],
)
def test_a_post_permits_one_key_one_type_and_a_maximum_size(cloud: Cloud, condition: Any) -> None:
    assert condition in parse_conditions(sign_upload())


def test_a_post_without_a_content_type_permits_any(cloud: Cloud) -> None:
    post = sign_upload(request=UploadRequest("anna/cat.jpg"))
    assert "Content-Type" not in post.fields
    assert not [
        condition for condition in parse_conditions(post) if isinstance(condition, dict) and "Content-Type" in condition
    ]


def test_a_post_is_signed_with_signature_version_4_for_fifteen_minutes(cloud: Cloud) -> None:
    post = sign_upload()
    assert post.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    expires = json.loads(base64.b64decode(post.fields["policy"]))["expiration"]
    signed = post.fields["x-amz-date"]
    minutes = [int(expires[11:13]) * 60 + int(expires[14:16]), int(signed[9:11]) * 60 + int(signed[11:13])]
    assert (minutes[0] - minutes[1]) % (24 * 60) in (14, 15)


def test_the_url_on_an_emulator_has_the_bucket_in_its_path(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert urlsplit(sign_upload().url)[1:3] == ("127.0.0.1:4566", "/media-1")
