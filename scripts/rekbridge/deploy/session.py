"""Access to a deployment with the credentials that it was deployed with."""

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from rekbridge.read_models.deployment import ClientFactory, Deployment
from rekbridge.terraform.driver import Terraform


def open_deployment(terraform: Terraform) -> tuple[Deployment, boto3.Session] | None:
    """Return a deployment and a boto3 session for it, or None if nothing is deployed."""
    output = terraform.read_outputs().get("deployment") if terraform.root.exists() else None
    if not output:
        return None
    session, create_client = open_session(terraform, output["target"])
    return Deployment(output, create_client), session


def open_session(
    terraform: Terraform, target: str, config: Config | None = None
) -> tuple[boto3.Session, Callable[[str, str], Any]]:
    """Return a boto3 session with the credentials of a target, and what creates a client of a service and a region."""
    session, endpoint = boto3.Session(), None
    if target != "aws":
        environment = terraform.environment
        session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        endpoint = environment["AWS_ENDPOINT_URL"]
    create_client: Callable[..., Any] = session.client
    return session, lambda service, region: create_client(service, region, endpoint_url=endpoint, config=config)


def open_clients(terraform: Terraform) -> ClientFactory:
    """Return what creates a boto3 client of a service and region, each once. Nothing needs to be deployed."""
    # A removal sends many requests at once: AWS answers some with SlowDown.
    config = Config(retries={"mode": "standard", "max_attempts": 8})
    return cache(open_session(terraform, terraform.variables["target"], config)[1])
