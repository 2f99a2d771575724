"""The claims of a deployment: every attempt to get a result, what left home, for where, and its outcome."""

from rekbridge_lambda.adapters.dynamodb.readers import NO_OUTCOME, ClaimRecord, ClaimsReader, RecordedAttempt
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.uploads import Upload

from rekbridge.read_models.deployment import Deployment

__all__ = ["NO_OUTCOME", "ClaimRecord", "ClaimsReader", "RecordedAttempt", "make_default_result_key", "open_claims"]


def make_default_result_key(key: str, content_sha256: str, operation: str) -> ResultKey:
    """The result key of an operation with the catalog's default parameters, for a file uploaded under a key."""
    owner = Upload(key, version="", size=0, sequencer="", uploaded_at=0).owner
    return ids.make_result_key(ids.make_image_id(owner, content_sha256), operation, CATALOG[operation].defaults)


def open_claims(deployed: Deployment) -> ClaimsReader:
    """A reader of the deployment's claims table."""
    return ClaimsReader(deployed.client("dynamodb", deployed.home), deployed.get_table("claims"))
