"""What Terraform tells each Lambda; the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Ingest:
    """Environment of `ingest`."""

    uploads_queue: str
    uploads_dead: str
    media_bucket: str
    prepared_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    operations: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """Environment of `bridge`."""

    bridge_queue: str
    bridge_dead: str
    library_table: str
    operations: str


@dataclass(frozen=True, slots=True)
class Analyze:
    """Environment of `analyze`."""

    prepared_bucket: str
    results_bucket: str
    ledger_table: str
    pace_table: str
    staging_bucket: str
    remote_region: str
    results_queue: str
    operations: str


@dataclass(frozen=True, slots=True)
class Route:
    """Environment of `route`."""

    results_queue: str
    results_dead: str
    results_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    event_bus: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """Environment of `sweep`; times are in seconds."""

    results_queue: str
    prepared_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    operations: str
    patience_s: str
    longest_stay_s: str


@dataclass(frozen=True, slots=True)
class Api:
    """Environment of `api`. `operations` are all that may be asked here, the way of each being bytes.

    Its role needs, besides its log:
    - media: s3:GetObject, s3:GetObjectVersion (a key is analysed), s3:PutObject (whom a form lets in), s3:ListBucket
    - results: s3:GetObject, s3:PutObject, s3:ListBucket (without it an absent key is answered with 403)
    - ledger: dynamodb:UpdateItem; pace: dynamodb:UpdateItem, dynamodb:BatchGetItem
    - rekognition:<action> of every operation in each of its regions, on every resource: a model is chosen by the caller
    """

    media_bucket: str
    results_bucket: str
    ledger_table: str
    pace_table: str
    operations: str
    account_id: str
    # What is deployed, as `GET /health` tells it.
    version: str


def load[Config](form: type[Config], environment: Mapping[str, str] = os.environ) -> Config:
    """One Lambda's settings, each from the variable of its name. Raises KeyError that names what is missing."""
    return form(**{field.name: environment[field.name.upper()] for field in fields(form)})  # type: ignore[arg-type]


def trace(environment: Mapping[str, str] = os.environ) -> str:
    """X-Ray's header of the invocation under way (AWS: Lambda's defined variables); empty when it has none."""
    return environment.get("_X_AMZN_TRACE_ID", "")


def home_region(environment: Mapping[str, str] = os.environ) -> str:
    """The region this Lambda runs in."""
    return environment["AWS_REGION"]
