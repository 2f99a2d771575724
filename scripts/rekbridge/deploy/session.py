"""Access to a deployment with the credentials that it was deployed with."""

from collections.abc import Callable
from typing import Any

import boto3

from rekbridge.read_models.deployment import Deployment
from rekbridge.terraform.driver import Terraform


def open_deployment(terraform: Terraform) -> tuple[Deployment, boto3.Session] | None:
    """Return a deployment and a boto3 session for it, or None if nothing is deployed."""
    output = terraform.read_outputs().get("deployment") if terraform.root.exists() else None
    if not output:
        return None
    session, create_client = open_session(terraform, output["target"])
    return Deployment(output, create_client), session


def open_session(terraform: Terraform, target: str) -> tuple[boto3.Session, Callable[[str, str], Any]]:
    """Return a boto3 session with the credentials of a target, and what creates a client of a service and a region."""
    session, endpoint = boto3.Session(), None
    if target != "aws":
        environment = terraform.environment
        session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        endpoint = environment["AWS_ENDPOINT_URL"]
    return session, lambda service, region: session.client(service, region, endpoint_url=endpoint)
