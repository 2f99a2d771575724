"""`rekbridge analyze`."""

import base64
import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from rekbridge.api.client import ApiClient, ApiResponse
from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, get_terraform
from rekbridge.read_models import operations
from rekbridge.support.aws_errors import SIGN_IN_ADVICE
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform

OperationArgument = Annotated[str, typer.Argument(help="Operation, for example labels or compare-faces.")]
ImagesArgument = Annotated[
    list[str], typer.Argument(help="A file or a key in the media bucket. compare-faces takes two.")
]
ResponseAsJsonOption = Annotated[bool, typer.Option("--json", help="Print the complete response as JSON.")]

UPLOAD_ADVICE = "Upload it to the media bucket, and name its key here instead of the file."


def analyze(
    operation: OperationArgument,
    images: ImagesArgument,
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    as_json: ResponseAsJsonOption = False,
) -> None:
    """Analyse an image with the deployed REST API and print the result."""
    print_response(operation, request_analysis(open_api(get_terraform(target, tfvars)), operation, images), as_json)


def request_analysis(api: ApiClient, operation: str, images: list[str]) -> dict[str, Any]:
    """Request an analysis and return the response body. Raises OperatorError with the API's message if it refuses."""
    response = send_images(api, operation, images)
    try:
        body = response.json()
    except ValueError:
        body = {}
    match response.status, body:
        case 200, {"Rekbridge": _}:
            return dict(body)
        case _, {"code": code, "message": message, "request_id": _}:
            raise OperatorError(f"{code}: {message}", format_advice(body, images))
    if response.status == 413:
        # API Gateway refuses more than 10 MB with plain text, before it looks for a response of ours.
        raise OperatorError(
            "The image is too large to be sent in a request: API Gateway accepts 10 MB, and an image 4.5 MB.",
            UPLOAD_ADVICE,
        )
    # Without a stage of ours, AWS itself responds, with a message of its own.
    text = response.body[:200].decode(errors="replace")
    raise OperatorError(
        f"No Rekbridge API at {api.url}. Response: {response.status} {text}",
        "Check whether the deployment was removed. To deploy again: rekbridge deploy",
    )


def print_response(operation: str, response: dict[str, Any], as_json: bool) -> None:
    """Print a response body as a table or as JSON."""
    if as_json:
        out.print_json(data=response)
    else:
        out.print(format_heading(operation, response), markup=False)
        out.print(
            build_table(operation, response)
            if operations.get_response_items(operation, response)
            else "Nothing was found."
        )


def open_api(terraform: Terraform) -> ApiClient:
    """Return a client of a deployment's API, with the credentials of the deployment.

    Raises OperatorError if nothing is deployed, or if there are no credentials.
    """
    opened = open_deployment(terraform)
    if opened is None:
        raise OperatorError("Nothing is deployed to this target.", "Deploy first: rekbridge deploy --help")
    deployed, session = opened
    credentials = session.get_credentials()
    if credentials is None:
        raise OperatorError("There are no AWS credentials.", SIGN_IN_ADVICE)
    return ApiClient(deployed.api_url, deployed.home, credentials)


def send_images(api: ApiClient, operation: str, images: list[str]) -> ApiResponse:
    """Send the request: a single file as the body, everything else as JSON in Rekognition's form.

    The API judges a file by its content, as INGEST does; its name says nothing here.

    Raises OperatorError if the operation takes another number of images.
    """
    path, names = f"/analyze/{quote(operation, safe='')}", operations.get_image_parameters(operation)
    if len(images) != len(names):
        raise OperatorError(
            f"{operation} takes {len(names)} {'image' if len(names) == 1 else 'images'}, not {len(images)}.",
            "Analyse one image at a time." if len(names) == 1 else f"Name {' and '.join(names)}, in this order.",
        )
    if len(images) == 1 and (file := Path(images[0])).is_file():
        return api.request("POST", path, file.read_bytes(), {"Content-Type": "application/octet-stream"})
    body = json.dumps({name: build_image(source) for name, source in zip(names, images, strict=True)})
    return api.request("POST", path, body.encode(), {"Content-Type": "application/json"})


def build_image(source: str) -> dict[str, Any]:
    """Build Rekognition's Image: the bytes if `source` is a file, else `source` as a key in the media bucket."""
    file = Path(source)
    return {"Bytes": base64.b64encode(file.read_bytes()).decode()} if file.is_file() else {"S3Object": {"Name": source}}


def format_advice(refusal: dict[str, Any], images: list[str]) -> str:
    """Say what to do about a refusal, with what the command knows about the images."""
    keys = [source for source in images if not Path(source).is_file()]
    no_file = f"There is no such file, so it was sent as a key of the media bucket: {', '.join(keys)}. " if keys else ""
    upload = f"{UPLOAD_ADVICE} " if refusal["code"] == "request-too-large" else ""
    return f"{no_file}{upload}Request id: {refusal['request_id']}"


def format_heading(operation: str, response: dict[str, Any]) -> str:
    """Format the operation, the region and the times of a response."""
    origin = response["Rekbridge"]
    times = f"waited {origin['waited_ms']:,} ms, called {origin['called_ms']:,} ms"
    return f"{operation} · {origin['region']} · {'cached' if origin['cached'] else times}"


def build_table(operation: str, response: dict[str, Any]) -> Table:
    """Build a table with a line for each item of the result."""
    rows = [format_item(item) for item in operations.get_response_items(operation, response)]
    table = Table(box=SIMPLE_HEAD)
    columns = dict.fromkeys(name for row in rows for name in row)
    for name in columns:
        table.add_column(name)
    for row in rows:
        table.add_row(*(escape(row.get(name, "")) for name in columns))
    return table


def format_item(item: dict[str, Any]) -> dict[str, str]:
    """Return the texts and numbers of an item as text. Only `--json` shows boxes and lists."""
    numbers = {name: f"{value:.1f}" for name, value in item.items() if isinstance(value, float)}
    texts = {name: str(value) for name, value in item.items() if isinstance(value, str | int)}
    return texts | numbers
