"""The two ways to have an image analysed under load: each sends one, and tells what became of it."""

import json
import time
from argparse import Namespace
from functools import cache
from pathlib import Path
from typing import Protocol

import boto3
from botocore.credentials import Credentials
from rekbridge.api.client import Api
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Library, Version
from rekbridge.support.errors import OperatorError

from tests.performance.load.samples import DONE, THROTTLED
from tests.performance.load.watch import Watch


class Way(Protocol):
    """How an image is sent."""

    def __call__(self, asked: Namespace, key: str, body: bytes) -> tuple[str, str, float]:
        """What became of it, in which region, and when."""


def uploaded(asked: Namespace, key: str, body: bytes) -> tuple[str, str, float]:
    """Into the media bucket, until ROUTE has put every result into the library."""
    stack = deployed(asked.told)
    put = stack.client("s3", stack.home).put_object(Bucket=stack.bucket("media"), Key=key, Body=body)
    story = watch(asked.told).settled(Version(key, put["VersionId"]))
    found = story.results.values()
    bad = [one.code or one.answer_status for one in found if one.answer_status != DONE]
    until = max((one.routed_at for one in found), default=round(time.time() * 1000)) / 1000
    return story.code or (bad[0] if bad else DONE), "+".join(sorted({one.region for one in found})), until


def requested(asked: Namespace, key: str, body: bytes) -> tuple[str, str, float]:
    """`POST /analyze/{operation}`, signed, until its answer."""
    stack = deployed(asked.told)
    address, _, operation = asked.ask.rpartition("/analyze/")
    api = Api(address or stack.api_url, stack.home, credentials())
    answer = api.request("POST", f"/analyze/{operation}", body, {"Content-Type": "image/jpeg"})
    if answer.status == 200:
        return DONE, answer.json()["Rekbridge"]["region"], time.time()
    return THROTTLED if answer.status == 429 else f"HTTP {answer.status}", "", time.time()


@cache
def deployed(told: Path) -> Deployed:
    """The stack; boto3 takes addresses and credentials from the environment."""
    return Deployed(json.loads(told.read_text()), cache(lambda service, region: boto3.client(service, region)))


@cache
def watch(told: Path) -> Watch:
    """The one of a stack."""
    return Watch(Library(deployed(told)))


@cache
def credentials() -> Credentials:
    """The environment's, or the operator's profile."""
    found = boto3.Session().get_credentials()
    if found is None:
        raise OperatorError("AWS finds no credentials of yours.", "Set a profile: export AWS_PROFILE=…")
    return found
