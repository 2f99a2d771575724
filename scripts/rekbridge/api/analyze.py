"""`rekbridge analyze`."""

import base64
import json
import mimetypes
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from rekbridge.api.client import Answer, Api
from rekbridge.deploy.session import standing
from rekbridge.deploy.targets import Target, Variables, Where, existing
from rekbridge.read_models import operations
from rekbridge.support.aws_errors import SIGN_IN
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform

Operation = Annotated[str, typer.Argument(help="Like labels or compare-faces.")]
Images = Annotated[list[str], typer.Argument(help="A file, or a key of the media bucket; compare-faces takes two.")]
Whole = Annotated[bool, typer.Option("--json", help="Print the answer as it came.")]


def analyze(
    operation: Operation, images: Images, target: Where = Target.aws, tfvars: Variables = None, whole: Whole = False
) -> None:
    """Ask the deployed REST API what is in an image, and print the answer."""
    show(operation, answered(reached(existing(target, tfvars)), operation, images), whole)


def answered(api: Api, operation: str, images: list[str]) -> dict[str, Any]:
    """What the API tells. Raises OperatorError with its words, where it refuses."""
    answer = ask(api, operation, images)
    try:
        told = answer.json()
    except ValueError:
        told = {}
    match answer.status, told:
        case 200, {"Rekbridge": _}:
            return dict(told)
        case _, {"code": code, "message": message, "request_id": _}:
            raise OperatorError(f"{code}: {message}", advice(told, images))
    # AWS's own words, where no stage of ours is.
    words = answer.body[:200].decode(errors="replace")
    raise OperatorError(
        f"{api.url} is no Rekbridge: {answer.status} {words}", "Was it removed? To deploy: rekbridge deploy"
    )


def show(operation: str, told: dict[str, Any], whole: bool) -> None:
    """Print an answer for people, or as it came."""
    if whole:
        out.print_json(data=told)
    else:
        out.print(heading(operation, told), markup=False)
        out.print(table(operation, told) if operations.items(operation, told) else "Nothing was found.")


def reached(terraform: Terraform) -> Api:
    """The API of a deployment, asked as whoever deployed it. Raises OperatorError when there is none."""
    found = standing(terraform)
    if found is None:
        raise OperatorError("Nothing is deployed there.", "Deploy first: rekbridge deploy --help")
    deployed, session = found
    credentials = session.get_credentials()
    if credentials is None:
        raise OperatorError("There are no AWS credentials to ask with.", SIGN_IN)
    return Api(deployed.api_url, deployed.home, credentials)


def ask(api: Api, operation: str, images: list[str]) -> Answer:
    """One file goes as it is; all else in Rekognition's own JSON."""
    path, names = f"/analyze/{quote(operation, safe='')}", operations.images(operation)
    if len(images) != len(names):
        raise OperatorError(
            f"{operation} takes {len(names)} {'image' if len(names) == 1 else 'images'}, not {len(images)}.",
            "Ask about each by itself." if len(names) == 1 else f"Name its {' and '.join(names)}, in this order.",
        )
    if len(images) == 1 and (file := Path(images[0])).is_file():
        kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
        return api.request("POST", path, file.read_bytes(), {"Content-Type": kind})
    body = json.dumps({name: image(given) for name, given in zip(names, images, strict=True)})
    return api.request("POST", path, body.encode(), {"Content-Type": "application/json"})


def image(given: str) -> dict[str, Any]:
    """A file's bytes, or the key that the media bucket has it under."""
    file = Path(given)
    return {"Bytes": base64.b64encode(file.read_bytes()).decode()} if file.is_file() else {"S3Object": {"Name": given}}


def advice(told: dict[str, Any], images: list[str]) -> str:
    """What to do about a refusal, by what was given here rather than by what arrived there."""
    keys = [given for given in images if not Path(given).is_file()]
    asked = f"No file here, so asked for as a key of the media bucket: {', '.join(keys)}. " if keys else ""
    large = told["code"] == "request-too-large"
    upload = "Or upload it to the media bucket, and name its key here instead of the file. " if large else ""
    return f"{asked}{upload}It was request {told['request_id']}."


def heading(operation: str, told: dict[str, Any]) -> str:
    """Where the answer comes from, and how long it took."""
    how = told["Rekbridge"]
    came = "known before" if how["cached"] else f"waited {how['waited_ms']:,} ms, called {how['called_ms']:,} ms"
    return f"{operation} · {how['region']} · {came}"


def table(operation: str, told: dict[str, Any]) -> Table:
    """A line for each thing that was found, with the words and numbers that it has."""
    found = [plain(item) for item in operations.items(operation, told)]
    lines = Table(box=SIMPLE_HEAD)
    columns = dict.fromkeys(name for item in found for name in item)
    for name in columns:
        lines.add_column(name)
    for item in found:
        lines.add_row(*(escape(item.get(name, "")) for name in columns))
    return lines


def plain(item: dict[str, Any]) -> dict[str, str]:
    """The words and numbers of one thing; boxes and lists are for `--json`."""
    numbers = {name: f"{value:.1f}" for name, value in item.items() if isinstance(value, float)}
    words = {name: str(value) for name, value in item.items() if isinstance(value, str | int)}
    return words | numbers
