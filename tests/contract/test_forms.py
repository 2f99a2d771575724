"""Upload forms: where AWS takes them, what they allow, and that an emulator takes them too."""

import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.s3.presigned_posts import SIGNING, MediaForms
from rekbridge_lambda.domain.upload_requests import Form, Wish

from tests.builders import HOME
from tests.contract.cloud import Cloud


def signed(region: str = HOME, wish: Wish | None = None) -> Form:
    return MediaForms(aws.client("s3", region, SIGNING), "media-1").sign(wish or Wish("anna/cat.jpg", "image/jpeg"))


def conditions(form: Form) -> list[Any]:
    told = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize("home", ["eu-west-3", "us-east-1", "il-central-1", "ap-southeast-7"])
def test_a_form_goes_to_the_buckets_own_host_in_its_region(home: str, cloud: Cloud) -> None:
    assert signed(home).url == f"https://media-1.s3.{home}.amazonaws.com/"


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
def test_a_form_is_for_one_key_one_type_and_a_size(cloud: Cloud, condition: Any) -> None:
    assert condition in conditions(signed())


def test_without_a_type_the_form_leaves_it_open(cloud: Cloud) -> None:
    form = signed(wish=Wish("anna/cat.jpg"))
    assert "Content-Type" not in form.fields
    assert not [one for one in conditions(form) if isinstance(one, dict) and "Content-Type" in one]


def test_a_form_is_signed_with_version_4_for_a_quarter_of_an_hour(cloud: Cloud) -> None:
    form = signed()
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    until = json.loads(base64.b64decode(form.fields["policy"]))["expiration"]
    at = form.fields["x-amz-date"]
    minutes = [int(until[11:13]) * 60 + int(until[14:16]), int(at[9:11]) * 60 + int(at[11:13])]
    assert (minutes[0] - minutes[1]) % (24 * 60) in (14, 15)


def test_an_emulator_is_addressed_by_path(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert urlsplit(signed().url)[1:3] == ("127.0.0.1:4566", "/media-1")
