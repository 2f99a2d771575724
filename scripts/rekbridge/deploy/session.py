"""Access to a deployment with the credentials that it was deployed with."""

from functools import cache

import boto3
from botocore.config import Config

from rekbridge.read_models.deployment import ClientFactory, Deployment
from rekbridge.terraform.driver import Terraform


def open_deployment(terraform: Terraform) -> tuple[Deployment, boto3.Session] | None:
    """Return a deployment and a boto3 session for it, or None if nothing is deployed."""
    output = terraform.read_outputs().get("deployment") if terraform.root.exists() else None
    if not output:
        return None
    session, endpoint = _open_session(terraform, output["target"])
    return Deployment(output, lambda service, region: session.client(service, region, endpoint_url=endpoint)), session


def open_clients(terraform: Terraform) -> ClientFactory:
    """Return what creates a boto3 client of a service and region, each once. Nothing needs to be deployed."""
    session, endpoint = _open_session(terraform, terraform.variables["target"])
    # A removal sends many requests at once: AWS answers some with SlowDown.
    config = Config(retries={"mode": "standard", "max_attempts": 8})
    return cache(lambda service, region: session.client(service, region, endpoint_url=endpoint, config=config))


def _open_session(terraform: Terraform, target: str) -> tuple[boto3.Session, str | None]:
    if target == "aws":
        return boto3.Session(), None
    environment = terraform.environment
    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    return session, environment["AWS_ENDPOINT_URL"]
