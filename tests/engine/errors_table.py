"""Every error that the service model lists for an operation, how it is reached, and the table of it in docs/engine.md.

tests/engine/test_errors.py reaches every error in it. COMMAND writes it.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import Image
from rekbridge.support import paths
from rekbridge_engine import protocol
from rekbridge_engine.catalog import Catalog

from tests.engine.engine_process import OPERATIONS, RunningEngine, load_photo
from tests.engine.test_operations import PROJECT
from tests.engine.test_regions import build_s3_image

DOCS = paths.ROOT / "docs" / "engine.md"
BEGIN, END = "<!-- errors:begin -->\n", "<!-- errors:end -->\n"
COMMAND = "PYTHONPATH=engine .venv/bin/python -m tests.engine.errors_table"
CATALOG = Catalog.load(paths.TABLES_FOLDER)
# What an ordered error has besides code and message.
MEMBERS = {
    "HumanLoopQuotaExceededException": {"ResourceType": "human-loop", "QuotaCode": "L-1", "ServiceCode": "sagemaker"}
}

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a call gets an error: in words, and what is done to the engine, the client's region and the request."""

    how: str
    prepare: Callable[[RunningEngine, str, str], None] = lambda _engine, _action, _code: None
    find_region: Callable[[str], str] = lambda _action: "eu-west-1"
    request: Callable[[Row], dict[str, Any]] = field(default_factory=lambda: build_request)


def build_request(row: Row, image: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request of an operation with this image in every place, or with one that succeeds."""
    model_version = {"ProjectVersionArn": PROJECT} if row["action"] == "DetectCustomLabels" else {}
    images = dict.fromkeys(row["image_parameters"], load_photo("astronaut.jpg") if image is None else image)
    return {**images, **row["defaults"], **model_version}


@cache
def encode_large_image() -> bytes:
    """A PNG with more pixels than any operation accepts, in 110 KB."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


def find_region_without(action: str) -> str:
    """A region whose endpoint lacks an action."""
    return next(region for region, tps in sorted(CATALOG.quotas.items()) if tps and action not in tps)


def lower_quota(engine: RunningEngine, action: str, _code: str) -> None:
    """Set the quota to one call per second, and use it up."""
    engine.set_quota("eu-west-1", action, 1)
    row = next(row for row in OPERATIONS.values() if row["action"] == action)
    client = engine.create_client()
    for _ in range(20):
        try:
            client._make_api_call(action, build_request(row, {"Bytes": b"no image: refused at once, and counted"}))
        except client.exceptions.ProvisionedThroughputExceededException:
            return
        except client.exceptions.InvalidImageFormatException:
            continue


def order_throttling(engine: RunningEngine, action: str, code: str) -> None:
    """Order an error that means "later"."""
    engine.add_fault(fault="throttle", code=code, operation=action)


def order_error(engine: RunningEngine, action: str, code: str) -> None:
    """Order an error."""
    engine.add_fault(fault="error", code=code, operation=action, members=MEMBERS.get(code))


OTHER_REGION = PROJECT.replace("eu-west-1", "us-east-1")
BY_ORDER = '`{{"fault": "{}", "code": "{}"}}` to `/control/faults`'
INPUTS = {
    "InvalidParameterException": Reach(
        "an image with neither `Bytes` nor `S3Object`", request=lambda row: build_request(row, {})
    ),
    "InvalidImageFormatException": Reach(
        "bytes that are no JPEG or PNG", request=lambda row: build_request(row, {"Bytes": b"GIF89a"})
    ),
    "ImageTooLargeException": Reach(
        "a PNG of 30,000 × 30,000 pixels", request=lambda row: build_request(row, {"Bytes": encode_large_image()})
    ),
    "InvalidS3ObjectException": Reach(
        "an S3 object that does not exist",
        request=lambda row: build_request(row, build_s3_image("eu-west-1", "missing.jpg")),
    ),
    "ProvisionedThroughputExceededException": Reach(
        "more calls than the quota, which `/control/quotas` lowers", prepare=lower_quota
    ),
    "AccessDeniedException": Reach("a region whose endpoint lacks the operation", find_region=find_region_without),
    "ResourceNotFoundException": Reach(
        "a model version of another region",
        request=lambda row: build_request(row) | {find_model_member(row): OTHER_REGION},
    ),
}


def find_model_member(row: Row) -> str:
    """The request member that names a model version."""
    return "ProjectVersionArn" if row["action"] == "DetectCustomLabels" else "ProjectVersion"


def list_errors() -> Iterator[tuple[str, str]]:
    """Every action with an image, and each error that the service model lists for it."""
    for action in sorted(CATALOG.operations):
        codes = {shape.error_code for shape in protocol.get_operation_model(action).error_shapes}
        yield from ((action, code) for code in sorted(codes))


def get_reach(action: str, code: str) -> Reach:
    """How an error of an action is reached: by an input if there is one, otherwise by an order."""
    is_everywhere = all(action in tps for tps in CATALOG.quotas.values() if tps)
    if code in INPUTS and not (code == "AccessDeniedException" and is_everywhere):
        return INPUTS[code]
    if code == "ThrottlingException":
        return Reach(BY_ORDER.format("throttle", code), prepare=order_throttling)
    how = BY_ORDER.format("error", code)
    return Reach(f"{how}, with its `members`" if code in MEMBERS else how, prepare=order_error)


def build_table() -> str:
    """The table in Markdown; operations that reach an error in the same way share a row."""
    rows: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for action, code in list_errors():
        rows[code, get_reach(action, code).how].append(action)
    lines = ["| operation | error | how to reach it |", "|---|---|---|"]
    for (code, how), actions in sorted(rows.items()):
        names = "all" if len(actions) == len(CATALOG.operations) else ", ".join(actions)
        lines.append(f"| {names} | {code} ({get_status(code)}) | {how} |")
    return "\n".join(lines) + "\n"


def get_status(code: str) -> int:
    """The HTTP status of an error. The service model has none: its protocol sends 400, or 500 for the service's own."""
    return 500 if code == "InternalServerError" else 400


def read_table() -> str:
    """The table as docs/engine.md has it."""
    _, begin, rest = DOCS.read_text().partition(BEGIN)
    table, end, _ = rest.partition(END)
    assert begin, f"docs/engine.md lacks {BEGIN}"
    assert end, f"docs/engine.md lacks {END}"
    return table


def write_table() -> None:
    """Replace the table in docs/engine.md."""
    DOCS.write_text(DOCS.read_text().replace(BEGIN + read_table() + END, BEGIN + build_table() + END))


if __name__ == "__main__":
    write_table()
