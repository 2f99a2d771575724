"""What stands where Terraform deployed it, reached with the credentials that it was deployed with."""

import boto3

from rekbridge.read_models.deployed import Deployed
from rekbridge.terraform.driver import Terraform


def standing(terraform: Terraform) -> tuple[Deployed, boto3.Session] | None:
    """A deployment and a session of its account; none where nothing is deployed."""
    told = terraform.outputs().get("deployment") if terraform.root.exists() else None
    if not told:
        return None
    session, endpoint = boto3.Session(), None
    if told["target"] != "aws":
        emulated = terraform.environment
        session = boto3.Session(emulated["AWS_ACCESS_KEY_ID"], emulated["AWS_SECRET_ACCESS_KEY"])
        endpoint = emulated["AWS_ENDPOINT_URL"]
    return Deployed(told, lambda service, region: session.client(service, region, endpoint_url=endpoint)), session
