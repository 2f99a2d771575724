"""The baseline of ANALYZE: the same AWS calls for one message, by boto3 with four default clients."""

import json
import os
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError

s3, dynamodb, sqs = boto3.client("s3"), boto3.client("dynamodb"), boto3.client("sqs")
rekognition = boto3.client("rekognition", region_name=os.environ["REMOTE_REGION"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Analyse the labels of one image."""
    work = json.loads(event["Records"][0]["body"])
    run_key = {"pk": {"S": f"RUN#{work['run_id']}"}, "sk": {"S": "RUN"}}
    run = dynamodb.get_item(TableName=os.environ["LIBRARY_TABLE"], Key=run_key, ConsistentRead=True)["Item"]
    bucket, key = os.environ["RESULTS_BUCKET"], f"{run['image_id']['S']}.json"
    # Is there a result already?
    with suppress(ClientError):
        s3.head_object(Bucket=bucket, Key=key)
    # Rate limit: advance the state; the first call of a region finds none, and creates it.
    limit: Any = {
        "TableName": os.environ["RATE_LIMIT_TABLE"],
        "Key": {"operation_region": {"S": "labels"}},
        "UpdateExpression": "SET tat = :now",
        "ExpressionAttributeValues": {":now": {"N": "1"}},
    }
    try:
        dynamodb.update_item(ConditionExpression="attribute_exists(tat)", **limit)
    except ClientError:
        dynamodb.update_item(**limit)
    prepared_key = run["prepared_keys"]["M"]["labels"]["S"]
    body = s3.get_object(Bucket=os.environ["PREPARED_BUCKET"], Key=prepared_key)["Body"].read()
    claim: Any = {
        "TableName": os.environ["CLAIMS_TABLE"],
        "Key": {"pk": {"S": key}},
        "UpdateExpression": "SET lease_until = :now",
        "ExpressionAttributeValues": {":now": {"N": "1"}},
    }
    dynamodb.update_item(**claim)
    response = rekognition.detect_labels(Image={"Bytes": body})
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(response).encode(), IfNoneMatch="*")
    # Record the outcome of the claim.
    dynamodb.update_item(**claim)
    sqs.send_message(QueueUrl=os.environ["RESULTS_QUEUE_URL"], MessageBody=key)
    return {"batchItemFailures": []}
