"""S3's events carry nothing of ours, so the run's id in each name is what an image is followed by."""

import json

from rekbridge.testing import Stack, until

from tests.integration.pictures import picture
from tests.integration.spies import on_bus, on_topic


def test_one_run_is_followed_from_its_upload_through_both_regions_to_its_results(stack: Stack, owner: str) -> None:
    with on_topic(stack) as topic, on_bus(stack) as bus:
        story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))
        assert story.run is not None
        run = story.run

        (remote,) = until(lambda: topic.about(run.id), "S3 tells of the staged copy")
        until(lambda: len(bus.about(run.id)) > 1, "ROUTE tells of both results")
        told = [json.loads(event)["detail"]["id"] for event in bus.about(run.id)]

    assert {record["s3"]["object"]["key"] for record in json.loads(remote)["Records"]} == set(run.staged)
    assert sorted(told) == [f"{run.id}/faces", f"{run.id}/labels"]
