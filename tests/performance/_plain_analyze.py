"""The baseline of ANALYZE: what it asks of AWS, by boto3 with four default clients."""

import json
import os
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError

s3, dynamodb, sqs = boto3.client("s3"), boto3.client("dynamodb"), boto3.client("sqs")
rekognition = boto3.client("rekognition", region_name=os.environ["REMOTE_REGION"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One picture's labels."""
    work = json.loads(event["Records"][0]["body"])
    bucket, key, lane = os.environ["RESULTS_BUCKET"], f"{work['image']}.json", {"lane": {"S": "labels"}}
    with suppress(ClientError):
        s3.head_object(Bucket=bucket, Key=key)
    slot: Any = {"TableName": os.environ["PACE_TABLE"], "Key": lane, "UpdateExpression": "SET tat = :now"}
    slot["ExpressionAttributeValues"] = {":now": {"N": "1"}}
    try:
        dynamodb.update_item(ConditionExpression="attribute_exists(tat)", **slot)
    except ClientError:
        dynamodb.update_item(**slot)
    body = s3.get_object(Bucket=os.environ["PREPARED_BUCKET"], Key=work["prepared"])["Body"].read()
    row: Any = {"TableName": os.environ["LEDGER_TABLE"], "Key": {"pk": {"S": key}}}
    row |= {"UpdateExpression": "SET lease = :now", "ExpressionAttributeValues": {":now": {"N": "1"}}}
    dynamodb.update_item(**row)
    answer = rekognition.detect_labels(Image={"Bytes": body})
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(answer).encode(), IfNoneMatch="*")
    dynamodb.update_item(**row)
    sqs.send_message(QueueUrl=os.environ["RESULTS_QUEUE"], MessageBody=key)
    return {"batchItemFailures": []}
