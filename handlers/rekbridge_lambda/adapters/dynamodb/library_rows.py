"""The library table's rows: one function a kind, so that keys are written in one place.

Owners and labels are escaped where a key joins them: a '#' in a name must not reach another owner's rows.
"""

from typing import Any

from rekbridge_lambda.domain.ids import digest
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload

# AWS: one partition key takes 1,000 writes a second; sixteen carry the hottest label of a busy library.
LABEL_SHARDS = 16
SHARDS = [f"due-{number}" for number in range(4)]
# AWS: a partition key takes 2,048 bytes, a sort key 1,024; an owner may fill the 1,024 of an S3 key.
LONGEST_PART = 900

type Row = dict[str, Any]


def part(name: str) -> str:
    """A name as a part of a key: no two names give the same, and none has a '#'."""
    escaped = name.replace("%", "%25").replace("#", "%23")
    return escaped if len(escaped.encode()) <= LONGEST_PART else f"%%{digest(name)}"


def source_key(upload: Upload) -> dict[str, str]:
    """One version of one key; a key starts with its owner."""
    return {"pk": f"SOURCE#{upload.key}", "sk": upload.version}


def source(source: Source) -> Row:
    """A source points at its image, or says why there is none."""
    told = {"image": source.image, "run": source.run, "code": source.code, "reason": source.reason}
    upload = source.upload
    about = {"sequencer": upload.sequencer, "size": upload.size, "uploaded_at": upload.uploaded_at}
    return source_key(upload) | about | told


def image_key(image: str) -> dict[str, str]:
    """One owner's image."""
    return {"pk": f"IMAGE#{image}", "sk": "IMAGE"}


def image(image: Image) -> Row:
    """What is known of the original."""
    return image_key(image.id) | {
        "owner": image.owner,
        "content": image.content,
        "format": image.format,
        "size": image.size,
        "width": image.width,
        "height": image.height,
    }


def image_source(source: Source) -> Row:
    """From an image to the keys it was uploaded under."""
    upload = source.upload
    # A sort key takes 1,024 bytes, which an S3 key may fill alone.
    key = {"pk": f"IMAGE#{source.image}", "sk": f"SOURCE#{digest(upload.key, upload.version)}"}
    return key | {"key": upload.key, "version": upload.version}


def run_key(run: str) -> dict[str, str]:
    """One run."""
    return {"pk": f"RUN#{run}", "sk": "RUN"}


def run(run: Run) -> Row:
    """A run with what is pending; `due_shard` and `due_at` put it into SWEEP's index until it is closed."""
    return run_key(run.id) | {
        "run": run.id,
        "image": run.image,
        "owner": run.owner,
        "uploaded_at": run.uploaded_at,
        "prepared": dict(run.prepared),
        "pending": set(run.pending) or None,
        "staged": set(run.staged) or None,
        "due_shard": due_shard(run.id),
        "due_at": run.due_at,
    }


def due_shard(run: str) -> str:
    """Where SWEEP's index has a run."""
    return SHARDS[int(run[:4], 16) % len(SHARDS)]


def read_run(row: Row) -> Run:
    """The run in a row; DynamoDB has no empty sets, the attribute is gone instead."""
    return Run(
        id=row["run"],
        image=row["image"],
        owner=row["owner"],
        uploaded_at=int(row["uploaded_at"]),
        prepared=row["prepared"],
        pending=frozenset(row.get("pending", ())),
        staged=frozenset(row.get("staged", ())),
        ended=frozenset(row.get("ended", ())),
        due_at=int(row.get("due_at", 0)),
        sweeps=int(row.get("sweeps", 0)),
    )


def result_key(image: str, operation: str) -> dict[str, str]:
    """One operation's result on one image."""
    return {"pk": f"IMAGE#{image}", "sk": f"RESULT#{operation}"}


def result(answered: Answered, result: Result, seen: list[str], at: int) -> Row:
    """What came of one operation on one image."""
    return result_key(answered.image, answered.operation) | {
        "operation": answered.operation,
        "answer_status": result.status,
        "way": result.way,
        "region": result.region,
        "result": answered.result,
        "seen": seen,
        "code": result.code,
        "reason": result.reason,
        "asked_at": result.asked_at,
        "answered_at": result.answered_at,
        "uploaded_at": answered.uploaded_at,
        "routed_at": at,
    }


def refusal(run: Run, operation: str) -> Row:
    """The failed result of an operation whose limits no scaling of the image meets; it was never asked."""
    why = run.refused[operation]
    answered = Answered(run.id, run.owner, run.image, operation, run.uploaded_at)
    return result(answered, Result.without_answer(operation, why.code, str(why), run.due_at), [], run.due_at)


def shard(image: str) -> int:
    """The shard of an image's labels: the same image, the same shard."""
    return int(image[:4], 16) % LABEL_SHARDS


def label(answered: Answered, label: str) -> Row:
    """An image that has a label."""
    pk = f"LABEL#{part(answered.owner)}#{part(label)}#{shard(answered.image)}"
    key = {"pk": pk, "sk": answered.image}
    return key | {"operation": answered.operation}


def count_key(answered: Answered, label: str) -> dict[str, str]:
    """One shard's count of the images that have a label."""
    return {"pk": f"COUNT#{part(answered.owner)}#{shard(answered.image)}", "sk": label}
