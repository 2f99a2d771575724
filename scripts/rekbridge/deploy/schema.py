"""The schema version of a deployment: which rows and messages its functions write (docs/data-model.md)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from rekbridge.read_models.deployment import Deployment
from rekbridge.support import paths
from rekbridge.support.aws_errors import get_error_code
from rekbridge.support.errors import OperatorError

# The tag of the tables (modules/home/schema.tf).
TAG = "schema_version"
# Deployments of version 1 that were made before versions were recorded. Whatever is older has ids without a secret.
FIRST_VERSION, UNSUPPORTED_VERSION = 1, 0
DOCS = "docs/data-model.md, Schema version"


@dataclass(frozen=True, slots=True)
class Schema:
    """The version that this checkout's functions write, and the oldest one that they can go on from."""

    version: int
    upgradable_from: int


@dataclass(frozen=True, slots=True)
class DeployedSchema:
    """The oldest and newest version found in a deployment: they differ after a half-done upgrade only."""

    oldest: int
    newest: int
    is_recorded: bool

    def __str__(self) -> str:
        found = str(self.oldest) if self.oldest == self.newest else f"{self.oldest} and {self.newest}"
        return found if self.is_recorded else f"{found} (not recorded)"


def load_schema() -> Schema:
    """Load the version of this checkout. Terraform reads the same file."""
    return Schema(**json.loads((paths.TABLES_FOLDER / "schema.json").read_text()))


def find_deployed_schema(deployed: Deployment) -> DeployedSchema:
    """Read the versions from the tables' tags and the output. A table without its tag was restored from a backup."""
    found = [_read_tag(deployed, table) for table in deployed.outputs.get("tables", {}).values()]
    recorded = [int(version) for version in (*found, deployed.outputs.get("schema")) if version is not None]
    if not recorded:
        version = FIRST_VERSION if _has_keyed_ids(deployed) else UNSUPPORTED_VERSION
        return DeployedSchema(version, version, is_recorded=False)
    return DeployedSchema(min(recorded), max(recorded), is_recorded=True)


def require_upgradable(deployed: DeployedSchema, this: Schema) -> None:
    """Raise OperatorError if a deploy of this version would write rows that the deployment's cannot stand beside."""
    if deployed.newest > this.version:
        raise OperatorError(
            f"The deployment has schema version {deployed}, this version of Rekbridge writes {this.version}. "
            "A deployment cannot go back: older functions would misread its rows.",
            f"Use the version of Rekbridge that made it, or a newer one. ({DOCS})",
        )
    if deployed.oldest < this.upgradable_from:
        raise OperatorError(
            f"The deployment has schema version {deployed}, this version of Rekbridge writes {this.version} "
            f"and takes over {this.upgradable_from} or newer.",
            "Upgrade step by step, or create a second deployment with another prefix and upload the images to it "
            f"again. ({DOCS})",
        )


def _read_tag(deployed: Deployment, table: str) -> str | None:
    dynamodb = deployed.client("dynamodb", deployed.home)
    with _tolerate_missing():
        arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
        tags = dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]
        return next((tag["Value"] for tag in tags if tag["Key"] == TAG), None)
    return None


def _has_keyed_ids(deployed: Deployment) -> bool:
    """Whether INGEST has the secret of the ids: it came together with the messages of today."""
    functions = deployed.outputs.get("functions", {})
    if "ingest" not in functions:
        return False
    with _tolerate_missing():
        row = deployed.client("lambda", deployed.home).get_function_configuration(FunctionName=functions["ingest"])
        return "IDS_SECRET" in row.get("Environment", {}).get("Variables", {})
    return True


@contextmanager
def _tolerate_missing() -> Iterator[None]:
    """Go on after the block if it finds that somebody has deleted the resource: the next deploy creates it again."""
    try:
        yield
    except ClientError as error:
        if get_error_code(error) != "ResourceNotFoundException":
            raise
