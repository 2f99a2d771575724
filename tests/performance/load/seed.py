"""
What AWS's own article does (Improve scalability for Amazon Rekognition stateless APIs using multiple regions): a Lambda
behind a REST API draws a region by weight for every request, makes a client for it and calls; botocore tries again.
"""

import json
from collections.abc import Mapping
from uuid import uuid4

from rekbridge.testing import Stack

from tests.performance._function import deploy

HANDLER = """
import base64, json, os, random
import boto3
from botocore.exceptions import ClientError

weights = json.loads(os.environ["WEIGHTS"])

def handler(event, context):
    region = random.choices(list(weights), list(weights.values()))[0]
    rekognition = boto3.client("rekognition", region_name=region)
    body = event["body"]
    image = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    try:
        answer = rekognition.detect_faces(Image={"Bytes": image})
    except ClientError as error:
        code = error.response["Error"]["Code"]
        print(code)
        status = 429 if code == "ProvisionedThroughputExceededException" else 500
        return {"statusCode": status, "body": json.dumps({"code": code})}
    print("done")
    told = {"FaceDetails": answer["FaceDetails"], "Rekbridge": {"region": region}}
    return {"statusCode": 200, "body": json.dumps(told)}
"""


class Seed:
    """It, deployed beside a stack in the home region; `ask` is what its callers post to."""

    def __init__(self, stack: Stack, weights: Mapping[str, float]) -> None:
        self.stack, self.name = stack, f"seed-{uuid4().hex[:8]}"
        self.ask = self._api(deploy(stack, self.name, HANDLER, {"WEIGHTS": json.dumps(dict(weights))}))

    def _api(self, function: str) -> str:
        apis, home = self.stack.client("apigateway"), self.stack.deployed.home
        api = apis.create_rest_api(name=self.name, binaryMediaTypes=["*/*"])["id"]
        parent = apis.get_resources(restApiId=api)["items"][0]["id"]
        for part in ("analyze", "faces"):
            parent = apis.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
        post = {"restApiId": api, "resourceId": parent, "httpMethod": "POST"}
        apis.put_method(**post, authorizationType="AWS_IAM")
        uri = f"arn:aws:apigateway:{home}:lambda:path/2015-03-31/functions/{function}/invocations"
        apis.put_integration(**post, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        apis.create_deployment(restApiId=api, stageName="v1")
        self.stack.client("lambda").add_permission(
            FunctionName=self.name,
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )
        return f"{self.stack.cloud.endpoint}/_aws/execute-api/{api}/v1/analyze/faces"
