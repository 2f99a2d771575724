"""The library table's rows: one function per kind, so that keys and attributes are written in one place.

docs/data-model.md lists them. Owners and labels are escaped in keys: a '#' in a name must not reach the rows of another
owner.
"""

from dataclasses import asdict
from typing import Any

from rekbridge_lambda.domain.ids import ImageId, OwnerId, RunId, hash_parts
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import UNVERSIONED, Upload

# AWS: one partition key accepts 1,000 writes a second; sixteen carry the hottest label of a busy library.
LABEL_SHARDS = 16
DUE_SHARDS = [f"due-{number}" for number in range(4)]
# AWS: a partition key has up to 2,048 bytes, a sort key 1,024; an owner may fill the 1,024 of an S3 key.
MAX_KEY_PART_BYTES = 900

type LibraryRow = dict[str, Any]


def escape_key_part(name: str) -> str:
    """A name as part of a key: two names never give the same part, and no part contains '#'."""
    escaped = name.replace("%", "%25").replace("#", "%23")
    return escaped if len(escaped.encode()) <= MAX_KEY_PART_BYTES else f"%%{hash_parts(name)}"


def make_owner_row_key(owner: OwnerId) -> dict[str, str]:
    """The row with the salt of one owner's key."""
    return {"pk": f"OWNER#{escape_key_part(owner)}", "sk": "OWNER"}


def make_source_key(upload: Upload) -> dict[str, str]:
    """One version of one key; a key starts with its owner. Where versions are overwritten, each content has its row."""
    version = f"{UNVERSIONED}#{upload.etag}" if upload.version == UNVERSIONED and upload.etag else upload.version
    return {"pk": f"SOURCE#{upload.key}", "sk": version}


def build_source_row(source: Source) -> LibraryRow:
    """A source points at its image, or has the reason why there is none."""
    upload = source.upload
    return make_source_key(upload) | {
        "sequencer": upload.sequencer,
        "size": upload.size,
        "uploaded_at": upload.uploaded_at,
        "image_id": source.image_id,
        "run_id": source.run_id,
        "code": source.code,
        "reason": source.reason,
    }


def parse_source_row(row: LibraryRow) -> Source | None:
    """The source in a row; None for a row that only counts ingest attempts that have not ended."""
    if "uploaded_at" not in row:
        return None
    key = row["pk"].removeprefix("SOURCE#")
    version, _, etag = row["sk"].partition("#")
    upload = Upload(key, version, int(row["size"]), row["sequencer"], int(row["uploaded_at"]), etag)
    return Source(upload, *(row.get(name) for name in ("image_id", "run_id", "code", "reason")))


def make_image_key(image_id: ImageId) -> dict[str, str]:
    """One owner's image."""
    return {"pk": f"IMAGE#{image_id}", "sk": "IMAGE"}


def build_image_row(image: Image) -> LibraryRow:
    """The facts about the original file: every field of the record but the id, which is in the key."""
    attributes = asdict(image)
    return make_image_key(attributes.pop("id")) | attributes


def build_image_source_row(source: Source) -> LibraryRow:
    """From an image to a key it was uploaded under."""
    upload = source.upload
    # A sort key has at most 1,024 bytes, which an S3 key alone may fill.
    key = {"pk": f"IMAGE#{source.image_id}", "sk": f"SOURCE#{hash_parts(upload.key, upload.version)}"}
    return key | {"key": upload.key, "version": upload.version}


def make_run_key(run_id: RunId) -> dict[str, str]:
    """One run."""
    return {"pk": f"RUN#{run_id}", "sk": "RUN"}


def build_run_row(run: Run) -> LibraryRow:
    """A run; `due_shard` and `due_at` keep it in SWEEP's index until it is closed."""
    return make_run_key(run.id) | {
        "run_id": run.id,
        "image_id": run.image_id,
        "owner": run.owner,
        "uploaded_at": run.uploaded_at,
        "prepared_keys": dict(run.prepared_keys),
        "pending": set(run.pending) or None,
        "staged_copies": set(run.staged_copies) or None,
        "due_shard": get_due_shard(run.id),
        "due_at": run.due_at,
    }


def get_due_shard(run_id: RunId) -> str:
    """The shard of SWEEP's index that has a run."""
    return DUE_SHARDS[int(run_id[:4], 16) % len(DUE_SHARDS)]


def parse_run(row: LibraryRow) -> Run:
    """The run in a row. DynamoDB has no empty sets: the attribute is missing instead."""
    return Run(
        id=row["run_id"],
        image_id=row["image_id"],
        owner=row["owner"],
        uploaded_at=int(row["uploaded_at"]),
        prepared_keys=row["prepared_keys"],
        pending=frozenset(row.get("pending", ())),
        staged_copies=frozenset(row.get("staged_copies", ())),
        unanswered=frozenset(row.get("unanswered", ())),
        due_at=int(row.get("due_at", 0)),
        sweeps=int(row.get("sweeps", 0)),
    )


def make_result_row_key(image_id: ImageId, operation: str) -> dict[str, str]:
    """One operation's result on one image."""
    return {"pk": f"IMAGE#{image_id}", "sk": f"RESULT#{operation}"}


def build_result_row(run: Run, finished: AnalysisFinished, result: Result, summary: list[str], at: int) -> LibraryRow:
    """What became of one operation on one image."""
    return make_result_row_key(run.image_id, finished.operation) | {
        "operation": finished.operation,
        "result_status": result.status,
        "transfer": result.transfer,
        "region": result.region,
        "result_key": finished.result_key,
        "summary": summary,
        "code": result.code,
        "reason": result.reason,
        "called_at": result.called_at,
        "responded_at": result.responded_at,
        "uploaded_at": run.uploaded_at,
        "routed_at": at,
    }


def build_refusal_row(run: Run, operation: str) -> LibraryRow:
    """The failed result of an operation whose limits no scaling of the image meets; it was never called."""
    why = run.refused[operation]
    finished = AnalysisFinished(run.id, operation)
    failure = Result.create_failure(operation, why.code, str(why), run.due_at)
    return build_result_row(run, finished, failure, [], run.due_at)


def get_label_shard(image_id: ImageId) -> int:
    """The shard of an image's labels: always the same for one image."""
    return int(image_id[:4], 16) % LABEL_SHARDS


def build_label_row(run: Run, operation: str, label: str) -> LibraryRow:
    """An image that has a label."""
    shard = get_label_shard(run.image_id)
    pk = f"LABEL#{escape_key_part(run.owner)}#{escape_key_part(label)}#{shard}"
    return {"pk": pk, "sk": run.image_id, "operation": operation}


def make_count_key(run: Run, label: str) -> dict[str, str]:
    """One shard's count of the images that have a label."""
    shard = get_label_shard(run.image_id)
    return {"pk": f"COUNT#{escape_key_part(run.owner)}#{shard}", "sk": label}
