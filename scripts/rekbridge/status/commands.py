"""`rekbridge status KEY`: what became of an upload, from the library of a deployment."""

from typing import Annotated

import typer
from rekbridge_lambda.domain.errors import Gone

from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, get_terraform
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus, find_version
from rekbridge.status import report
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError

KeyArgument = Annotated[str, typer.Argument(help="Key of the upload in the media bucket, for example anna/cat.jpg.")]
VersionOption = Annotated[str | None, typer.Option(help="Version of the object. Default: the current version.")]
StatusAsJsonOption = Annotated[bool, typer.Option("--json", help="Print the status as JSON.")]


def status(
    key: KeyArgument,
    version: VersionOption = None,
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    as_json: StatusAsJsonOption = False,
) -> None:
    """Show what became of an upload: its image, its run, and the state, region and times of each operation."""
    opened = open_deployment(get_terraform(target, tfvars))
    if opened is None:
        raise OperatorError("Nothing is deployed to this target.", "Deploy first: rekbridge deploy --help")
    deployed, _ = opened
    upload = find_upload_status(deployed, key, version)
    if as_json:
        out.print_json(data=report.to_dict(upload, deployed.operations))
    else:
        report.print_status(upload, deployed.operations)


def find_upload_status(deployed: Deployment, key: str, version: str | None) -> UploadStatus:
    """The status of one upload. Raises OperatorError when neither the bucket nor the library knows it."""
    try:
        wanted = find_version(deployed, key, version)
    except Gone as error:
        # A deleted original keeps its records, which can be found by its version alone.
        if version is not None:
            [upload] = UploadReader(deployed).find_statuses([ObjectVersion(key, version)])
            if upload.image_id or upload.code:
                return upload
        bucket = deployed.get_bucket("media")
        raise OperatorError(
            str(error),
            f"List what is there: aws s3 ls --recursive s3://{bucket}/   A deleted upload needs its --version.",
        ) from None
    [upload] = UploadReader(deployed).find_statuses([wanted])
    return upload
