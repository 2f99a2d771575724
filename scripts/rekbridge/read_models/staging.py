"""What lies in the remote region's staging bucket."""

from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import UploadStatus


def list_staged_copies(deployed: Deployment, status: UploadStatus) -> set[str]:
    """The staged copies of an upload that are still there."""
    if status.run is None:
        return set()
    s3, bucket = deployed.client("s3", deployed.remote), deployed.get_bucket("staging")
    # The copies of one run share a folder.
    folders = {f"{copy.rpartition('/')[0]}/" for copy in status.run.staged_copies}
    answers = (s3.list_objects_v2(Bucket=bucket, Prefix=folder) for folder in folders)
    return {copy["Key"] for answer in answers for copy in answer.get("Contents", [])} & status.run.staged_copies
