"""The five Lambda functions of the pipeline, with their real entrypoints and adapters; AWS is moto.

Each function has the trimmed botocore of its own zip: a call of an operation that was trimmed away fails.
"""

import importlib
from io import BytesIO
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from PIL import Image
from rekbridge_lambda.adapters.dynamodb.items import deserialize

from tests.api_caller import ACCOUNT
from tests.builders import HOME, REMOTE, make_s3_event, make_sqs_record, make_upload, pack_operations
from tests.contract import trimmed_botocore
from tests.contract.cloud import AWS, Cloud
from tests.contract.lambda_context import LambdaContext

FUNCTIONS = ("ingest", "bridge", "analyze", "route", "sweep")


class DeployedPipeline:
    """The functions, started with their environment variables, and the resources that they name."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, deployment: str = "rekbridge") -> None:
        self.cloud, self.monkeypatch = cloud, monkeypatch
        self.media, self.results = cloud.create_bucket(versioned=True), cloud.create_bucket()
        self.prepared = cloud.create_bucket()
        self.library_table, self.claims_table = cloud.create_library_table(), cloud.create_claims_table()
        self.remote_s3 = AWS.create("s3", REMOTE)
        self.staging = f"staging-{self.media}"
        self.remote_s3.create_bucket(Bucket=self.staging, CreateBucketConfiguration={"LocationConstraint": REMOTE})
        self.queues = {name: cloud.create_queue() for name in ("uploads", "bridge", "results", "labels", "text", "dlq")}
        transfers = {"labels": "bytes", "text": "staged"}
        cloud.client("events").create_event_bus(Name=self.media)
        variables = {
            "MEDIA_BUCKET": self.media,
            "PREPARED_BUCKET": self.prepared,
            "RESULTS_BUCKET": self.results,
            "STAGING_BUCKET": self.staging,
            "LIBRARY_TABLE": self.library_table,
            "CLAIMS_TABLE": self.claims_table,
            "RATE_LIMIT_TABLE": cloud.create_rate_limit_table(),
            "WORKER_SHARE": "0.5",
            "EVENT_BUS": self.media,
            "IDS_SECRET": cloud.create_secret(),
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
            "REMOTE_REGION": REMOTE,
            "ACCOUNT_ID": ACCOUNT,
            "STALE_AFTER_S": "900",
            "LOG_LEVEL": "INFO",
            "DEPLOYMENT": deployment,
            "IMAGE_PRIVACY": "headers",
            "STAGING_TTL_S": "86400",
            **{f"{name.upper()}_QUEUE_URL": self.queues[name] for name in ("uploads", "bridge", "results")},
            **{f"{name}_DLQ_URL": self.queues["dlq"] for name in ("UPLOADS", "BRIDGE", "RESULTS")},
            "OPERATIONS": pack_operations(
                {name: self.describe_operation(name, transfer) for name, transfer in transfers.items()}
            ),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        self.functions = {name: self.start_function(name) for name in FUNCTIONS}

    def start_function(self, name: str) -> ModuleType:
        """Imports the entrypoint as a cold start does, with the function's own botocore."""
        self.monkeypatch.setattr(botocore.session, "Session", lambda: trimmed_botocore.create_session(name))
        return importlib.reload(importlib.import_module(f"rekbridge_lambda.entrypoints.{name}"))

    def describe_operation(self, name: str, transfer: str) -> dict[str, Any]:
        regions = {REMOTE: {"tps": 50, "weight": 1}}
        return {
            "transfer": transfer,
            "regions": regions,
            "settings": {},
            "queue_url": self.queues[name],
            "dlq_url": self.queues["dlq"],
        }

    def invoke(self, function: str, queue: str, *bodies: Any) -> None:
        """Invokes a function with these messages, and checks that it fails none of them."""
        queue_name = self.queues[queue].rpartition("/")[2]
        records = [make_sqs_record(body, queue=queue_name) for body in bodies]
        response = self.functions[function].handler({"Records": records}, LambdaContext(30_000))
        assert response == {"batchItemFailures": []}

    def upload(self, key: str) -> None:
        """Puts a PNG into the media bucket and sends its event to INGEST."""
        file = BytesIO()
        Image.new("RGB", (120, 90), "teal").save(file, "PNG")
        response = self.cloud.client("s3").put_object(Bucket=self.media, Key=key, Body=file.getvalue())
        self.invoke("ingest", "uploads", make_s3_event(make_upload(key, response["VersionId"], len(file.getvalue()))))

    def list_staged_copies(self) -> list[str]:
        return [copy["Key"] for copy in self.remote_s3.list_objects_v2(Bucket=self.staging).get("Contents", [])]

    def bridge_staged_copies(self) -> None:
        for key in self.list_staged_copies():
            self.invoke("bridge", "bridge", make_s3_event(make_upload(key, "null")))

    def analyze(self) -> None:
        for name in ("labels", "text"):
            for body in self.cloud.receive_bodies(self.queues[name]):
                self.invoke("analyze", name, body)

    def route(self) -> None:
        self.invoke("route", "results", *self.cloud.receive_bodies(self.queues["results"]))

    def sweep(self) -> dict[str, Any]:
        """One sweep. Returns its report."""
        report: dict[str, Any] = self.functions["sweep"].handler({}, LambdaContext(30_000))
        return report

    def list_rows(self, prefix: str) -> list[dict[str, Any]]:
        rows = map(deserialize, self.cloud.scan_table(self.library_table))
        return [row for row in rows if row["pk"].startswith(prefix)]
