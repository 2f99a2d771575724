"""Reads S3 objects as Rekognition does: only from buckets of the called region, with the caller's access key."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rekbridge_engine.errors import make_image_too_large_error, make_invalid_s3_object_error
from rekbridge_engine.signature import SigningIdentity

# GetBucketLocation returns these values for the two oldest regions.
_LEGACY_LOCATIONS = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


class S3Reader:
    """Reads S3 objects from one endpoint; without an endpoint it refuses every object."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint

    def read_object(self, identity: SigningIdentity, s3_object: dict[str, str], max_bytes: int) -> bytes:
        """Read the content of an S3Object. Raises InvalidS3Object; ImageTooLarge, before it reads, over max_bytes."""
        if self._endpoint is None or not {"Bucket", "Name"} <= s3_object.keys():
            raise make_invalid_s3_object_error()
        s3 = _create_client(self._endpoint, identity)
        version = {"VersionId": s3_object["Version"]} if "Version" in s3_object else {}
        try:
            location = s3.get_bucket_location(Bucket=s3_object["Bucket"]).get("LocationConstraint")
            if _LEGACY_LOCATIONS.get(location, location) != identity.region:
                raise make_invalid_s3_object_error()
            response = s3.get_object(Bucket=s3_object["Bucket"], Key=s3_object["Name"], **version)
            if response["ContentLength"] > max_bytes:
                raise make_image_too_large_error("Request has image size exceeding the limit")
            content: bytes = response["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise make_invalid_s3_object_error() from error
        return content


@lru_cache(maxsize=64)
def _create_client(endpoint: str, identity: SigningIdentity) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=identity.region,
        aws_access_key_id=identity.access_key,
        # Any value: an emulator identifies the account by the access key alone.
        aws_secret_access_key="rekbridge",
        config=Config(
            s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10
        ),
    )
