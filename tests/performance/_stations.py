"""The two Lambdas whose start somebody waits for, each with an event that it does for the first time."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image as Picture
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.runs import Image

from tests.builders import HOME, REMOTE, packed, run, s3_event, sqs_record, upload
from tests.contract.cloud import Cloud

ACCOUNT = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}


@dataclass
class World:
    """Everything that the Lambdas are told of, as moto has it; a new one for each run."""

    cloud: Cloud

    def __post_init__(self) -> None:
        cloud = self.cloud
        self.media, self.prepared = cloud.bucket(versioned=True), cloud.bucket()
        self.work, self.dead = cloud.queue(), cloud.queue()
        self.uploads = cloud.queue()
        planned = {
            "way": "bytes",
            "regions": {REMOTE: {"tps": 50, "weight": 1}},
            "settings": {},
            "queue": self.work,
            "dead": self.dead,
        }
        self.environment = ACCOUNT | {
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
            "REMOTE_REGION": REMOTE,
            "MEDIA_BUCKET": self.media,
            "PREPARED_BUCKET": self.prepared,
            "RESULTS_BUCKET": cloud.bucket(),
            "STAGING_BUCKET": "staging",
            "LIBRARY_TABLE": cloud.library(),
            "LEDGER_TABLE": cloud.ledger(),
            "PACE_TABLE": cloud.pace(),
            "UPLOADS_QUEUE": self.uploads,
            "UPLOADS_DEAD": self.dead,
            "RESULTS_QUEUE": cloud.queue(),
            "OPERATIONS": packed({"labels": planned}),
        }

    def event(self, station: str, number: int = 0) -> dict[str, Any]:
        """Something that the station has not seen under this number."""
        return {"ingest": self.uploaded, "analyze": self.asked}[station](number)

    def uploaded(self, number: int) -> dict[str, Any]:
        """A picture has come that may go as it is."""
        key, body = f"anna/{number}.jpg", photo()
        kept = self.cloud.client("s3").put_object(Bucket=self.media, Key=key, Body=body)
        told = s3_event(upload(key, kept["VersionId"], len(body)))
        return {"Records": [sqs_record(told, queue=self.uploads.rpartition("/")[2])]}

    def asked(self, number: int) -> dict[str, Any]:
        """A prepared picture waits for its labels."""
        image = Image(ids.image_id("anna", str(number)), "anna", str(number), "jpeg", 400_000, 1024, 768)
        asked = run("labels", image=image).work("labels")
        self.cloud.client("s3").put_object(Bucket=self.prepared, Key=asked.prepared, Body=photo())
        return {"Records": [sqs_record(json.loads(asked.body()), queue=self.work.rpartition("/")[2])]}


def photo() -> bytes:
    """A JPEG of about 400 KB that needs nothing done to it."""
    body = BytesIO()
    Picture.effect_noise((1024, 768), 60).convert("RGB").save(body, "JPEG", quality=75)
    return body.getvalue()
