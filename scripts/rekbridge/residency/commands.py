"""`rekbridge residency`: audit what is deployed, and write down what the variables allow."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, get_terraform
from rekbridge.residency.audit import report
from rekbridge.residency.audit.run import audit as run_audit
from rekbridge.residency.policy import json_document, markdown
from rekbridge.residency.policy.reading import read_policy
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError

residency = typer.Typer(no_args_is_help=True, help="Where images are, and where they may go.")


class DocumentFormat(StrEnum):
    """How the data-flow document is written."""

    markdown = "markdown"
    json = "json"


@residency.callback()
def main() -> None:
    """Where images are and may go: audit what is deployed, and describe what your variables allow."""


@residency.command()
def audit(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
) -> None:
    """Check the deployed stack: buckets, leftovers abroad, policies, keys, regions, AWS's AI opt-out.

    Reads only. Exits with 0 if everything holds, 1 if a check fails, 3 if none fails but one cannot tell.
    The permissions it needs: docs/auditor-policy.json.
    """
    opened = open_deployment(get_terraform(target, tfvars))
    if opened is None:
        raise OperatorError("Nothing is deployed to this target.", "Deploy first: rekbridge deploy --help")
    with err.status("Reading the deployment") as status:
        verdicts = run_audit(opened[0], lambda done, total: status.update(f"{done} of {total} readings"))
    if as_json:
        out.print_json(data=report.to_dict(verdicts))
    else:
        report.print_verdicts(verdicts)
    raise typer.Exit(report.get_exit_code(verdicts))


@residency.command()
def policy(
    tfvars: Annotated[Path, typer.Option(help="File with your Terraform variables.", exists=True, dir_okay=False)],
    written_as: Annotated[
        DocumentFormat, typer.Option("--format", help="How it is written.")
    ] = DocumentFormat.markdown,
) -> None:
    """Write a data-flow document of your variables: what may go where, how, for how long, under which key.

    Needs no account. The same variables give the same bytes, so a diff shows what a change of them means.
    """
    document = read_policy(tfvars)
    render = json_document.render if written_as is DocumentFormat.json else markdown.render
    # Not through Rich, which would wrap lines to the terminal.
    typer.echo(render(document), nl=False)
