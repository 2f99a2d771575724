"""One image through all five Lambda functions, from the upload to its rows."""

import pytest
from rekbridge_lambda.adapters.dynamodb.items import deserialize

from tests.builders import REMOTE, make_s3_event, make_upload
from tests.contract.deployed_pipeline import DeployedPipeline


def test_an_image_is_analyzed_by_both_transfers_and_its_staged_copy_deleted(pipeline: DeployedPipeline) -> None:
    pipeline.upload("anna/my picture+1 käse.png")
    assert len(pipeline.list_staged_copies()) == 1
    pipeline.bridge_staged_copies()
    pipeline.analyze()
    pipeline.route()
    results = {row["operation"]: row for row in pipeline.list_rows("IMAGE#") if row["sk"].startswith("RESULT#")}
    assert {name: (row["result_status"], row["transfer"]) for name, row in results.items()} == {
        "labels": ("done", "bytes"),
        "text": ("done", "staged"),
    }
    [run] = pipeline.list_rows("RUN#")
    assert not {"pending", "due_at"} & run.keys()
    assert pipeline.list_staged_copies() == []
    assert {row["images"] for row in pipeline.list_rows("COUNT#anna#")} == {1}


@pytest.mark.parametrize(("privacy", "prepared_as"), [("headers", "image/png"), ("reencode", "image/jpeg")])
def test_the_image_privacy_decides_whether_a_png_is_decoded(
    pipeline: DeployedPipeline, monkeypatch: pytest.MonkeyPatch, privacy: str, prepared_as: str
) -> None:
    monkeypatch.setenv("IMAGE_PRIVACY", privacy)
    pipeline.functions["ingest"] = pipeline.start_function("ingest")
    pipeline.upload("anna/picture.png")
    [prepared] = pipeline.cloud.client("s3").list_objects_v2(Bucket=pipeline.prepared)["Contents"]
    head = pipeline.cloud.client("s3").head_object(Bucket=pipeline.prepared, Key=prepared["Key"])
    assert head["ContentType"] == prepared_as


def test_the_same_image_under_two_keys_is_paid_for_once(pipeline: DeployedPipeline) -> None:
    for key in ("anna/a.png", "anna/b.png"):
        pipeline.upload(key)
        pipeline.bridge_staged_copies()
        pipeline.analyze()
    attempts = [deserialize(row)["attempts"] for row in pipeline.cloud.scan_table(pipeline.claims_table)]
    assert sorted(len(of_result) for of_result in attempts) == [1, 1]


def test_the_reason_of_an_unreadable_image_is_stored(pipeline: DeployedPipeline) -> None:
    response = pipeline.cloud.client("s3").put_object(Bucket=pipeline.media, Key="anna/note.txt", Body=b"hello")
    pipeline.invoke("ingest", "uploads", make_s3_event(make_upload("anna/note.txt", response["VersionId"], 5)))
    [row] = pipeline.list_rows("SOURCE#anna/note.txt")
    assert row["code"] == "unreadable-image"


def test_s3s_test_event_is_accepted(pipeline: DeployedPipeline) -> None:
    for function, queue in (("ingest", "uploads"), ("bridge", "bridge")):
        pipeline.invoke(function, queue, {"Service": "Amazon S3", "Event": "s3:TestEvent"})


def test_an_unreadable_message_goes_to_the_dlq(pipeline: DeployedPipeline) -> None:
    pipeline.invoke("analyze", "labels", {"schema": 99})
    assert pipeline.cloud.receive_bodies(pipeline.queues["dlq"]) == ['{"schema": 99}']


def test_a_sweep_of_an_empty_library_changes_nothing(pipeline: DeployedPipeline) -> None:
    assert pipeline.sweep() == {
        "stale": {"labels": 0, "text": 0},
        "requeued": 0,
        "remaining": 0,
        "staged_copies_deleted": 0,
    }


@pytest.mark.parametrize(
    ("entrypoint", "use_case"),
    [("ingest", "ingester"), ("analyze", "analyzer"), ("route", "router"), ("sweep", "sweeper")],
)
def test_staged_copies_are_accessed_in_the_remote_region(
    pipeline: DeployedPipeline, entrypoint: str, use_case: str
) -> None:
    # moto ignores the region of a bucket; AWS refuses a call to another region.
    assert getattr(pipeline.functions[entrypoint], use_case).staging.s3.meta.region_name == REMOTE
