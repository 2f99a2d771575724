"""A Lambda that is not ours, deployed beside a stack in the home region, to compare with."""

import io
import json
import zipfile
from collections.abc import Mapping

from rekbridge.testing import Stack, until

# No longer than API Gateway waits.
TIMEOUT_S = 29


def deploy(stack: Stack, name: str, source: str, variables: Mapping[str, str]) -> str:
    """Its ARN, once it is ready; `source` is one file that has a `handler`."""
    functions = stack.client("lambda")
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="function.handler",
        Role=role(stack, name),
        Timeout=TIMEOUT_S,
        Environment={"Variables": dict(variables)},
        Code={"ZipFile": zipped(source)},
    )
    until(lambda: functions.get_function(FunctionName=name)["Configuration"]["State"] == "Active", name)
    return str(made["FunctionArn"])


def role(stack: Stack, name: str) -> str:
    """A role that Lambda may take; the emulator asks for no more."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return str(stack.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"])


def zipped(source: str) -> bytes:
    """The deployment package."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("function.py", source)
    return file.getvalue()
