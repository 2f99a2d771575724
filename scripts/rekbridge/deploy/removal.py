"""Removing a deployment: Terraform's destroy, with the media bucket of an emulator emptied before it.

MiniStack lists versions without the escapes that Terraform asks for: one '+' or '%' in a key, and it tries for ever.
"""

from typing import TYPE_CHECKING

import boto3

from rekbridge.terraform.driver import Show, Terraform
from rekbridge.terraform.messages import Changes

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def remove(terraform: Terraform, show: Show) -> Changes:
    """Remove all that the state knows. An account's bucket that holds images is refused by AWS, as it should be."""
    deployment = terraform.outputs().get("deployment")
    if deployment and deployment["target"] != "aws":
        _empty(_s3(terraform, deployment["regions"]["home"]), deployment["buckets"]["media"])
    return terraform.destroy(show)


def _empty(s3: "S3Client", bucket: str) -> None:
    """Delete every version. The keys of the other buckets are hashes, which Terraform can read."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        for version in versions:
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def _s3(terraform: Terraform, region: str) -> "S3Client":
    told = terraform.environment
    client: S3Client = boto3.client(
        "s3",
        region_name=region,
        endpoint_url=told["AWS_ENDPOINT_URL"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
    )
    return client
