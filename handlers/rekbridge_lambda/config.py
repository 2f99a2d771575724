"""What Terraform gives to each Lambda. The only module that reads the environment.

`deployment` is the deployment's prefix: the dimension that its metrics have.
"""

import base64
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rekbridge_lambda.domain.images import ImagePrivacy
from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota, get_catalog_operation

# zlib: any gzip header.
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Environment of `ingest`."""

    uploads_queue_url: str
    uploads_dlq_url: str
    media_bucket: str
    prepared_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    account_id: str
    # Name or ARN of the secret of the ids.
    ids_secret: str
    operations: str
    image_privacy: ImagePrivacy
    log_level: str


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """Environment of `bridge`."""

    bridge_queue_url: str
    bridge_dlq_url: str
    library_table: str
    operations: str
    log_level: str


@dataclass(frozen=True, slots=True)
class AnalyzeSettings:
    """Environment of `analyze`."""

    prepared_bucket: str
    results_bucket: str
    library_table: str
    claims_table: str
    rate_limit_table: str
    staging_bucket: str
    remote_region: str
    account_id: str
    results_queue_url: str
    operations: str
    worker_share: str
    deployment: str
    log_level: str


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """Environment of `route`."""

    results_queue_url: str
    results_dlq_url: str
    results_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    account_id: str
    event_bus: str
    deployment: str
    log_level: str


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """Environment of `sweep`; times are in seconds."""

    results_queue_url: str
    prepared_bucket: str
    library_table: str
    staging_bucket: str
    remote_region: str
    account_id: str
    operations: str
    stale_after_s: str
    staging_ttl_s: str
    deployment: str
    log_level: str


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Environment of `api`. `operations` are those that a caller may request; each has the transfer bytes."""

    media_bucket: str
    results_bucket: str
    library_table: str
    claims_table: str
    rate_limit_table: str
    ids_secret: str
    operations: str
    image_privacy: ImagePrivacy
    worker_share: str
    caller_per_second: str
    caller_burst: str
    account_id: str
    # ARNs as a JSON list: callers that may name every key.
    trusted_callers: str
    # The version that `GET /health` shows.
    version: str
    deployment: str
    log_level: str


def load_settings[Settings](settings_type: type[Settings], environment: Mapping[str, str] = os.environ) -> Settings:
    """One Lambda's settings, each from the variable of its name. Raises KeyError with the name of a missing one."""
    return settings_type(**{field.name: environment[field.name.upper()] for field in fields(settings_type)})  # type: ignore[arg-type]


def load_operations(packed: str) -> dict[str, DeployedOperation]:
    """The deployed operations from OPERATIONS: JSON by Terraform's base64gzip, because all variables share 4 KB."""
    rows = json.loads(zlib.decompress(base64.b64decode(packed), GZIP))
    return {name: parse_operation(name, row) for name, row in rows.items()}


def load_trusted_callers(text: str) -> list[str]:
    """The ARNs in TRUSTED_CALLERS."""
    arns: list[str] = json.loads(text)
    return arns


def parse_operation(name: str, row: dict[str, Any]) -> DeployedOperation:
    """One operation of that JSON."""
    regions = {region: RegionQuota(**quota) for region, quota in row["regions"].items()}
    return DeployedOperation(definition=get_catalog_operation(name), **row | {"regions": regions})


def get_trace_header(environment: Mapping[str, str] = os.environ) -> str:
    """X-Ray's header of the current invocation (AWS: Lambda's defined variables); empty when it has none."""
    return environment.get("_X_AMZN_TRACE_ID", "")


def get_home_region(environment: Mapping[str, str] = os.environ) -> str:
    """The region this Lambda runs in."""
    return environment["AWS_REGION"]
