"""A deployment in moto for the Lambdas whose cold start a user waits for, each with messages that are new to it."""

import json
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from PIL import Image as PillowImage
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain import ids

from tests.api_caller import ACCOUNT
from tests.builders import (
    ANNA_KEY,
    HOME,
    IMAGE,
    REMOTE,
    make_run,
    make_s3_event,
    make_source,
    make_sqs_record,
    make_upload,
    pack_operations,
)
from tests.contract.cloud import Cloud

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}


@dataclass
class MotoDeployment:
    """Buckets, queues and tables in moto, and the environment that names them; a new one for each measurement."""

    cloud: Cloud

    def __post_init__(self) -> None:
        cloud = self.cloud
        self.media, self.prepared = cloud.create_bucket(versioned=True), cloud.create_bucket()
        self.work_queue, self.dlq = cloud.create_queue(), cloud.create_queue()
        self.uploads_queue, self.library = cloud.create_queue(), cloud.create_library_table()
        labels = {
            "transfer": "bytes",
            "regions": {REMOTE: {"tps": 50, "weight": 1}},
            "settings": {},
            "queue_url": self.work_queue,
            "dlq_url": self.dlq,
        }
        self.environment = CREDENTIALS | {
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
            "REMOTE_REGION": REMOTE,
            "ACCOUNT_ID": ACCOUNT,
            "MEDIA_BUCKET": self.media,
            "PREPARED_BUCKET": self.prepared,
            "RESULTS_BUCKET": cloud.create_bucket(),
            "STAGING_BUCKET": "staging",
            "LIBRARY_TABLE": self.library,
            "CLAIMS_TABLE": cloud.create_claims_table(),
            "RATE_LIMIT_TABLE": cloud.create_rate_limit_table(),
            "IDS_SECRET": cloud.create_secret(),
            "WORKER_SHARE": "0.5",
            "DEPLOYMENT": "rekbridge",
            "UPLOADS_QUEUE_URL": self.uploads_queue,
            "UPLOADS_DLQ_URL": self.dlq,
            "RESULTS_QUEUE_URL": cloud.create_queue(),
            "OPERATIONS": pack_operations({"labels": labels}),
            "LOG_LEVEL": "INFO",
            "IMAGE_PRIVACY": "headers",
        }

    def make_event(self, entrypoint: str, number: int = 0) -> dict[str, Any]:
        """An event that the Lambda has not processed under this number."""
        return {"ingest": self.make_upload_event, "analyze": self.make_work_event}[entrypoint](number)

    def make_upload_event(self, number: int) -> dict[str, Any]:
        """Upload an image that needs no re-encoding; returns INGEST's event for it."""
        key, body = f"anna/{number}.jpg", make_photo()
        stored = self.cloud.client("s3").put_object(Bucket=self.media, Key=key, Body=body)
        notification = make_s3_event(make_upload(key, stored["VersionId"], len(body)))
        return {"Records": [make_sqs_record(notification, queue=self.uploads_queue.rpartition("/")[2])]}

    def make_work_event(self, number: int) -> dict[str, Any]:
        """Store a prepared image; returns ANALYZE's event for its labels."""
        image = replace(IMAGE, id=ids.make_image_id(ANNA_KEY, str(number)), content_sha256=str(number))
        run = make_run("labels", image=image)
        work = run.make_work("labels")
        LibraryTable(self.cloud.client("dynamodb"), self.library).admit_upload(
            make_source(run, make_upload(f"anna/{number}.jpg")), image, run
        )
        self.cloud.client("s3").put_object(Bucket=self.prepared, Key=run.prepared_keys["labels"], Body=make_photo())
        return {
            "Records": [make_sqs_record(json.loads(encode_message(work)), queue=self.work_queue.rpartition("/")[2])]
        }


def make_photo() -> bytes:
    """A JPEG of about 400 KB that needs no re-encoding."""
    body = BytesIO()
    PillowImage.effect_noise((1024, 768), 60).convert("RGB").save(body, "JPEG", quality=75)
    return body.getvalue()
