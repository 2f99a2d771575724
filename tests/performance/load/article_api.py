"""The system of AWS's article (Improve scalability for Amazon Rekognition stateless APIs using multiple regions).

A Lambda behind a REST API draws a region by weight for every request, creates a client for it and calls; botocore
retries throttles.
"""

import json
from collections.abc import Mapping
from uuid import uuid4

from rekbridge.testing import Stack

from tests.performance._lambda_deployment import deploy_lambda

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
        response = rekognition.detect_faces(Image={"Bytes": image})
    except ClientError as error:
        code = error.response["Error"]["Code"]
        print(code)
        status = 429 if code == "ProvisionedThroughputExceededException" else 500
        return {"statusCode": status, "body": json.dumps({"code": code})}
    print("done")
    answer = {"FaceDetails": response["FaceDetails"], "Rekbridge": {"region": region}}
    return {"statusCode": 200, "body": json.dumps(answer)}
"""


class ArticleApi:
    """The article's API, deployed beside a stack in the home region. `url` is where its callers post to."""

    def __init__(self, stack: Stack, weights: Mapping[str, float]) -> None:
        self.stack, self.name = stack, f"article-{uuid4().hex[:8]}"
        self.url = self._create_api(deploy_lambda(stack, self.name, HANDLER, {"WEIGHTS": json.dumps(dict(weights))}))

    def _create_api(self, function_arn: str) -> str:
        apis, home = self.stack.client("apigateway"), self.stack.deployed.home
        api = apis.create_rest_api(name=self.name, binaryMediaTypes=["*/*"])["id"]
        parent = apis.get_resources(restApiId=api)["items"][0]["id"]
        for part in ("analyze", "faces"):
            parent = apis.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
        post = {"restApiId": api, "resourceId": parent, "httpMethod": "POST"}
        apis.put_method(**post, authorizationType="AWS_IAM")
        uri = f"arn:aws:apigateway:{home}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
        apis.put_integration(**post, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        apis.create_deployment(restApiId=api, stageName="v1")
        self.stack.client("lambda").add_permission(
            FunctionName=self.name,
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )
        return f"{self.stack.cloud.endpoint}/_aws/execute-api/{api}/v1/analyze/faces"
