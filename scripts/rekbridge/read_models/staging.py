"""What lies in the remote region's staging bucket."""

from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Story


def left(deployed: Deployed, story: Story) -> set[str]:
    """The staged copies of an upload that are still there."""
    if story.run is None:
        return set()
    s3, bucket = deployed.client("s3", deployed.remote), deployed.bucket("staging")
    # The copies of one run share a folder.
    folders = {f"{copy.rpartition('/')[0]}/" for copy in story.run.staged}
    answers = (s3.list_objects_v2(Bucket=bucket, Prefix=folder) for folder in folders)
    return {copy["Key"] for answer in answers for copy in answer.get("Contents", [])} & story.run.staged
