"""The calls for an image, from Rekognition's own log and from the claims table; and the logs of the functions."""

from hashlib import sha256

from rekbridge.read_models.claims import ClaimRecord
from rekbridge.testing import LocalRekognition, RekognitionCall, Stack, UploadStatus
from rekbridge_lambda.adapters.dynamodb.items import deserialize
from rekbridge_lambda.adapters.dynamodb.readers import parse_claim

EACH_ACTION_ONCE = ["DetectFaces", "DetectLabels"]


def find_calls(rekognition: LocalRekognition, stack: Stack, *statuses: UploadStatus) -> list[RekognitionCall]:
    """The logged calls with a prepared image of these uploads, found by its SHA-256."""
    s3, bucket = stack.client("s3"), stack.deployed.get_bucket("prepared")
    keys = {key for status in statuses if status.run for key in status.run.prepared_keys.values()}
    digests = {sha256(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).hexdigest() for key in keys}
    return [call for call in rekognition.list_calls() if call.sha256 in digests]


def list_actions(calls: list[RekognitionCall]) -> list[str]:
    """The Rekognition actions of calls, sorted."""
    return sorted(call.operation for call in calls)


def load_log_messages(stack: Stack, *functions: str) -> list[str]:
    """Every log message of these functions, named by their short names."""
    logs, names = stack.client("logs"), stack.deployed.outputs["functions"]
    groups = [f"/aws/lambda/{names[function]}" for function in functions]
    pages = (page for group in groups for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group))
    return [event["message"] for page in pages for event in page["events"]]


def load_claims(stack: Stack, status: UploadStatus) -> dict[str, ClaimRecord]:
    """The claims for an image by operation, including those that have no result yet."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.deployed.get_table("claims"))
    rows = [deserialize(row) for page in pages for row in page["Items"]]
    # <image>/<preparation>/<operation>/<parameters>
    return {row["pk"].split("/")[2]: parse_claim(row) for row in rows if row["pk"].split("/")[0] == status.image_id}
