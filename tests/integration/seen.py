"""What Rekognition was sent of one image, by its own log and by our ledger."""

from hashlib import sha256

from rekbridge.read_models.ledger import Entry
from rekbridge.testing import Call, Rekognition, Stack, Story
from rekbridge_lambda.adapters.dynamodb.items import plain

ONCE_EACH = ["DetectFaces", "DetectLabels"]


def calls_about(rekognition: Rekognition, stack: Stack, *stories: Story) -> list[Call]:
    """The calls that brought, or pointed at, a variant of these images: those who were told apart by their bytes."""
    s3, bucket = stack.client("s3"), stack.deployed.bucket("prepared")
    keys = {key for story in stories if story.run for key in story.run.prepared.values()}
    digests = {sha256(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).hexdigest() for key in keys}
    return [call for call in rekognition.calls() if call.sha256 in digests]


def operations(calls: list[Call]) -> list[str]:
    """Rekognition's names of what was called."""
    return sorted(call.operation for call in calls)


def logged(stack: Stack, *functions: str) -> list[str]:
    """All that these functions, by their short names, have ever logged."""
    logs, groups = stack.client("logs"), [f"/aws/lambda/{stack.deployed.told['functions'][name]}" for name in functions]
    pages = (page for group in groups for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group))
    return [event["message"] for page in pages for event in page["events"]]


def ledger(stack: Stack, story: Story) -> dict[str, Entry]:
    """Every attempt to get this image's results, by operation; also for those that have no result yet."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.deployed.table("ledger"))
    rows = [plain(row) for page in pages for row in page["Items"]]
    # <image>/<preparation>/<operation>/<parameters>
    return {row["pk"].split("/")[2]: Entry.read(row) for row in rows if row["pk"].split("/")[0] == story.image}
