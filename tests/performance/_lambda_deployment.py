"""Deploys a Lambda that is not part of the product, beside a stack in its home region, to compare with."""

import io
import json
import zipfile
from collections.abc import Mapping

from rekbridge.testing import Stack, wait_until

# API Gateway's own timeout.
TIMEOUT_S = 29


def deploy_lambda(stack: Stack, name: str, source: str, variables: Mapping[str, str]) -> str:
    """Create the function, wait until it is active and return its ARN. `source` is one file with a `handler`."""
    functions = stack.client("lambda")
    created = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="function.handler",
        Role=create_role(stack, name),
        Timeout=TIMEOUT_S,
        Environment={"Variables": dict(variables)},
        Code={"ZipFile": build_zip(source)},
    )
    wait_until(lambda: functions.get_function(FunctionName=name)["Configuration"]["State"] == "Active", name)
    return str(created["FunctionArn"])


def create_role(stack: Stack, name: str) -> str:
    """Create a role that Lambda may assume and return its ARN. The emulator does not check its permissions."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return str(stack.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"])


def build_zip(source: str) -> bytes:
    """Build the deployment package of one source file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("function.py", source)
    return file.getvalue()
