"""S3 as Rekognition sees it: only objects of the called region, read with the caller's own key."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.errors import image_too_large, invalid_s3_object
from engine.signature import Caller

# What GetBucketLocation says for the two regions older than its own names.
_OLD_NAMES = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


class Storage:
    """Reads S3 objects; without an endpoint there are none."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint

    def read(self, caller: Caller, address: dict[str, str], most: int) -> bytes:
        """The bytes of an S3Object. Raises InvalidS3Object, or ImageTooLarge before reading too much."""
        if self._endpoint is None or not {"Bucket", "Name"} <= address.keys():
            raise invalid_s3_object()
        s3 = _client(self._endpoint, caller)
        version = {"VersionId": address["Version"]} if "Version" in address else {}
        try:
            place = s3.get_bucket_location(Bucket=address["Bucket"]).get("LocationConstraint")
            if _OLD_NAMES.get(place, place) != caller.region:
                raise invalid_s3_object()
            found = s3.get_object(Bucket=address["Bucket"], Key=address["Name"], **version)
            if found["ContentLength"] > most:
                raise image_too_large("Request has image size exceeding the limit")
            data: bytes = found["Body"].read()
        except (ClientError, BotoCoreError) as why:
            raise invalid_s3_object() from why
        return data


@lru_cache(maxsize=64)
def _client(endpoint: str, caller: Caller) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=caller.region,
        aws_access_key_id=caller.access_key,
        # An emulator knows accounts by the access key alone.
        aws_secret_access_key="rekbridge",
        config=Config(
            s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10
        ),
    )
