"""Staged copies and the bridge: what is lost on the way is told again, what belongs to nobody goes."""

from uuid import uuid4

from rekbridge.read_models import staging
from rekbridge.testing import Rekognition, Stack, until

from tests.integration.pictures import picture
from tests.integration.queues import gathered, held
from tests.integration.seen import ledger


def test_without_the_bridge_a_staged_image_waits_until_sweep_asks_for_it_at_home(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    sns = stack.client("sns", stack.deployed.remote)
    sns.unsubscribe(SubscriptionArn=stack.deployed.told["subscription"])
    try:
        version = stack.upload(f"{owner}/portrait.jpg", picture(owner))
        until(lambda: "labels" in stack.story(version).results, "what goes by bytes is done")
        waiting = stack.story(version)
        assert staging.left(stack.deployed, waiting)
        assert waiting.run is not None
        assert waiting.run.pending == {"faces"}
        assert rekognition.calls("DetectFaces") == []
        until(lambda: stack.invoke("sweep") and stack.story(version).settled, "sweep has it asked for")
    finally:
        stack.terraform.apply(lambda *_: None)

    assert stack.story(version).results["faces"].answer_status == "done"


def test_a_staged_copy_that_was_taken_away_is_staged_again(stack: Stack, owner: str) -> None:
    with held(stack, "faces"):
        version = stack.upload(f"{owner}/portrait.jpg", picture(owner))
        gathered(stack, "faces", 1)
        for copy in staging.left(stack.deployed, stack.story(version)):
            bucket = stack.deployed.bucket("staging")
            stack.client("s3", stack.deployed.remote).delete_object(Bucket=bucket, Key=copy)

    story = stack.settled(version)
    assert story.results["faces"].answer_status == "done"
    assert [attempt.outcome for attempt in ledger(stack, story)["faces"].attempts] == ["done"]


def test_sweep_takes_away_a_staged_copy_that_belongs_to_no_run(stack: Stack) -> None:
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.bucket("staging")
    leftover = f"{uuid4().hex}/{uuid4().hex}/0123456789abcdef"
    s3.put_object(Bucket=bucket, Key=leftover, Body=picture(leftover))

    def gone() -> bool:
        stack.invoke("sweep")
        return "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=leftover)

    until(gone, "the leftover goes")
