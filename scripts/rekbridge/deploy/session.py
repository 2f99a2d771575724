"""Access to a deployment with the credentials that it was deployed with."""

import boto3

from rekbridge.read_models.deployment import Deployment
from rekbridge.terraform.driver import Terraform


def open_deployment(terraform: Terraform) -> tuple[Deployment, boto3.Session] | None:
    """Return a deployment and a boto3 session for it, or None if nothing is deployed."""
    output = terraform.read_outputs().get("deployment") if terraform.root.exists() else None
    if not output:
        return None
    session, endpoint = boto3.Session(), None
    if output["target"] != "aws":
        environment = terraform.environment
        session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        endpoint = environment["AWS_ENDPOINT_URL"]
    return Deployment(output, lambda service, region: session.client(service, region, endpoint_url=endpoint)), session
