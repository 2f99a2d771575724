"""Rekognition's responses, as they are stored at home."""

from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.domain.results import Result

from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import UploadStatus


def load_results(deployed: Deployment, status: UploadStatus) -> dict[str, Result]:
    """The stored results of one upload, by operation."""
    bucket = ResultsBucket(deployed.client("s3", deployed.home), deployed.get_bucket("results"))
    keys = {name: result.result_key for name, result in status.results.items() if result.result_key}
    return {name: bucket.load_result(key) for name, key in keys.items()}
