"""Removes a deployment: `terraform destroy`, and on an emulator the media bucket is emptied first.

MiniStack ignores the URL encoding that Terraform requests for lists of versions. With one '+' or '%' in a key,
Terraform would try to delete that object for ever.
"""

from typing import TYPE_CHECKING

import boto3

from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.messages import ChangeCounts, ShowProgress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def remove_deployment(terraform: Terraform, show: ShowProgress) -> ChangeCounts:
    """Remove every resource in the state. In an account, AWS refuses to delete a bucket with images, on purpose."""
    deployment = terraform.read_outputs().get("deployment")
    if deployment and deployment["target"] != "aws":
        _empty_bucket(_create_s3_client(terraform, deployment["regions"]["home"]), deployment["buckets"]["media"])
    return terraform.destroy(show)


def _empty_bucket(s3: "S3Client", bucket: str) -> None:
    """Delete every version. The other buckets need no such help: their keys are hashes without special characters."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        for version in versions:
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def _create_s3_client(terraform: Terraform, region: str) -> "S3Client":
    environment = terraform.environment
    client: S3Client = boto3.client(
        "s3",
        region_name=region,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    return client
