"""Staged copies and the bridge: lost notifications are repeated, leftover copies are deleted."""

from uuid import uuid4

from rekbridge.read_models import staging
from rekbridge.testing import LocalRekognition, Stack, wait_until

from tests.integration.call_records import load_claims
from tests.integration.queues import pause_consumer, wait_for_messages
from tests.integration.sample_images import make_image


def test_without_the_bridge_staged_work_waits_until_sweep_requeues_it(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    sns = stack.client("sns", stack.deployed.remote)
    sns.unsubscribe(SubscriptionArn=stack.deployed.outputs["subscription"])
    try:
        version = stack.upload(f"{owner}/portrait.jpg", make_image(owner))
        wait_until(
            lambda: "labels" in stack.get_status(version).results, "the operation with the bytes transfer is done"
        )
        waiting = stack.get_status(version)
        assert staging.list_staged_copies(stack.deployed, waiting)
        assert waiting.run is not None
        assert waiting.run.pending == {"faces"}
        assert rekognition.list_calls("DetectFaces") == []
        wait_until(lambda: stack.invoke("sweep") and stack.get_status(version).is_settled, "sweep requeues the run")
    finally:
        stack.terraform.apply(lambda *_: None)

    assert stack.get_status(version).results["faces"].status == "done"


def test_a_deleted_staged_copy_is_staged_again(stack: Stack, owner: str) -> None:
    with pause_consumer(stack, "faces"):
        version = stack.upload(f"{owner}/portrait.jpg", make_image(owner))
        wait_for_messages(stack, "faces", 1)
        for copy in staging.list_staged_copies(stack.deployed, stack.get_status(version)):
            bucket = stack.deployed.get_bucket("staging")
            stack.client("s3", stack.deployed.remote).delete_object(Bucket=bucket, Key=copy)

    status = stack.wait_until_settled(version)
    assert status.results["faces"].status == "done"
    assert [attempt.outcome for attempt in load_claims(stack, status)["faces"].attempts] == ["done"]


def test_sweep_deletes_a_staged_copy_that_belongs_to_no_run(stack: Stack) -> None:
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    leftover = f"{uuid4().hex}/{uuid4().hex}/0123456789abcdef"
    s3.put_object(Bucket=bucket, Key=leftover, Body=make_image(leftover))

    def is_deleted() -> bool:
        stack.invoke("sweep")
        return "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=leftover)

    wait_until(is_deleted, "the leftover copy is deleted")
