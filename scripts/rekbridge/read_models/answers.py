"""Rekognition's raw answers, as they lie at home."""

from rekbridge_lambda.domain.results import Result

from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Story


def answers(deployed: Deployed, story: Story) -> dict[str, Result]:
    """What Rekognition answered about one upload, by operation."""
    s3, bucket = deployed.client("s3", deployed.home), deployed.bucket("results")
    keys = {name: found.result for name, found in story.results.items() if found.result}
    return {name: Result.read(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for name, key in keys.items()}
