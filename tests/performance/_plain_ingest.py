"""The baseline of INGEST: what it asks of AWS, by boto3 with four default clients."""

import base64
import gzip
import json
import os
from hashlib import sha256
from typing import Any

import boto3

s3, dynamodb, sqs = boto3.client("s3"), boto3.client("dynamodb"), boto3.client("sqs")
far = boto3.client("s3", region_name=os.environ["REMOTE_REGION"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One picture, prepared and admitted."""
    thing = json.loads(event["Records"][0]["body"])["Records"][0]["s3"]["object"]
    table, source = os.environ["LIBRARY_TABLE"], {"pk": {"S": f"SOURCE#{thing['key']}"}, "sk": {"S": "1"}}
    original: Any = {"Bucket": os.environ["MEDIA_BUCKET"], "Key": "anna/0.jpg", "VersionId": thing["versionId"]}
    dynamodb.get_item(TableName=table, Key=source)
    s3.get_object(**original, Range="bytes=0-65535")["Body"].read()
    body = s3.get_object(**original)["Body"].read()
    image = sha256(body).hexdigest()
    s3.put_object(Bucket=os.environ["PREPARED_BUCKET"], Key=image, Body=body, ContentType="image/jpeg")
    rows = [source | {"image": {"S": image}}, *({"pk": {"S": image}, "sk": {"S": kind}} for kind in ("IMAGE", "RUN"))]
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": row}} for row in rows])
    dynamodb.get_item(TableName=table, Key={"pk": {"S": image}, "sk": {"S": "RUN"}})
    operations = json.loads(gzip.decompress(base64.b64decode(os.environ["OPERATIONS"])))
    [queue] = [operation["queue"] for operation in operations.values()]
    sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": "0", "MessageBody": image}])
    return {"batchItemFailures": []}
