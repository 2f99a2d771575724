"""The baseline of most examples: S3 invokes one Lambda, which calls Rekognition and writes a table row."""

from uuid import uuid4

from rekbridge.testing import Stack

from tests.performance._lambda_deployment import deploy_lambda

HANDLER = """
import os
from urllib.parse import unquote_plus
import boto3

s3, table = boto3.client("s3"), boto3.resource("dynamodb").Table(os.environ["TABLE"])
rekognition = boto3.client("rekognition", region_name=os.environ["REGION"])

def handler(event, context):
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        body = s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)["Body"].read()
        response = rekognition.detect_faces(Image={"Bytes": body})
        table.put_item(Item={"pk": key, "faces": len(response["FaceDetails"])})
        print("done")
"""


class DirectLambda:
    """The Lambda, its bucket and its table, beside a stack in the home region: no queue, no claim, no stored result."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.name = stack, f"direct-{uuid4().hex[:8]}"
        self._deploy()

    def upload(self, key: str, body: bytes) -> None:
        """Put an object into its bucket."""
        self.stack.client("s3").put_object(Bucket=self.name, Key=key, Body=body)

    def has_row(self, key: str) -> bool:
        """Whether the row of a key is written."""
        row = {"TableName": self.name, "Key": {"pk": {"S": key}}, "ConsistentRead": True}
        return "Item" in self.stack.client("dynamodb").get_item(**row)

    def _deploy(self) -> None:
        home = self.stack.deployed.home
        self.stack.client("dynamodb").create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        variables = {"TABLE": self.name, "REGION": self.stack.deployed.remote}
        function_arn = deploy_lambda(self.stack, self.name, HANDLER, variables)
        self.stack.client("lambda").add_permission(
            FunctionName=self.name, StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
        )
        s3 = self.stack.client("s3")
        s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": home})
        notification = {"LambdaFunctionArn": function_arn, "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket=self.name, NotificationConfiguration={"LambdaFunctionConfigurations": [notification]}
        )
