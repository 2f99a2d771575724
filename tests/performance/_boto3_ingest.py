"""The baseline of INGEST: the same AWS calls for one upload, by boto3 with five default clients."""

import base64
import gzip
import hmac
import json
import os
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

import boto3

s3, dynamodb, sqs = boto3.client("s3"), boto3.client("dynamodb"), boto3.client("sqs")
# The client of the staging bucket, which this upload does not need.
remote_s3 = boto3.client("s3", region_name=os.environ["REMOTE_REGION"])
secrets = boto3.client("secretsmanager")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Ingest one upload: prepare it, store its rows, enqueue its work."""
    uploaded = json.loads(event["Records"][0]["body"])["Records"][0]["s3"]["object"]
    key, version, table = unquote_plus(uploaded["key"]), uploaded["versionId"], os.environ["LIBRARY_TABLE"]
    original: Any = {"Bucket": os.environ["MEDIA_BUCKET"], "Key": key, "VersionId": version}
    source = {"pk": {"S": f"SOURCE#{key}"}, "sk": {"S": version}}
    # Was this event delivered before?
    dynamodb.get_item(TableName=table, Key=source)
    # The header, then the whole file.
    s3.get_object(**original, Range="bytes=0-65535")["Body"].read()
    body = s3.get_object(**original)["Body"].read()
    # The owner's key: of the secret, and of the owner's salt, which the first image makes.
    secret = secrets.get_secret_value(SecretId=os.environ["IDS_SECRET"])["SecretString"]
    owner = {"pk": {"S": f"OWNER#{key.partition('/')[0]}"}, "sk": {"S": "OWNER"}}
    stored = dynamodb.get_item(TableName=table, Key=owner, ConsistentRead=True).get("Item")
    if stored is None:
        stored = dynamodb.update_item(
            TableName=table,
            Key=owner,
            UpdateExpression="SET salt = if_not_exists(salt, :salt)",
            ExpressionAttributeValues={":salt": {"S": os.urandom(32).hex()}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
    owner_key = hmac.digest(secret.encode(), bytes.fromhex(stored["salt"]["S"]), "sha256")
    image_id = hmac.digest(owner_key, sha256(body).digest(), "sha256").hex()
    run = {"pk": {"S": image_id}, "sk": {"S": "RUN"}}
    s3.put_object(Bucket=os.environ["PREPARED_BUCKET"], Key=image_id, Body=body, ContentType="image/jpeg")
    # Has this run operations without an answer? Then the rows, and the run as it is after them.
    dynamodb.get_item(TableName=table, Key=run)
    rows = [source | {"image_id": {"S": image_id}}, {"pk": {"S": image_id}, "sk": {"S": "IMAGE"}}, run]
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": row}} for row in rows])
    dynamodb.get_item(TableName=table, Key=run)
    operations = json.loads(gzip.decompress(base64.b64decode(os.environ["OPERATIONS"])))
    [queue_url] = [operation["queue_url"] for operation in operations.values()]
    sqs.send_message_batch(QueueUrl=queue_url, Entries=[{"Id": "0", "MessageBody": image_id}])
    return {"batchItemFailures": []}
