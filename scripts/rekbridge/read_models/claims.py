"""The claims of a deployment: every attempt to get a result, what left home, for where, and its outcome."""

from rekbridge_lambda.adapters.dynamodb.readers import NO_OUTCOME, ClaimRecord, ClaimsReader, RecordedAttempt
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.ids import ImageId, ResultKey
from rekbridge_lambda.domain.operations import CATALOG

from rekbridge.read_models.deployment import Deployment

__all__ = ["NO_OUTCOME", "ClaimRecord", "ClaimsReader", "RecordedAttempt", "make_default_result_key", "open_claims"]


def make_default_result_key(image_id: ImageId, operation: str) -> ResultKey:
    """The result key of an operation with the catalog's default parameters."""
    return ids.make_result_key(image_id, operation, CATALOG[operation].defaults)


def open_claims(deployed: Deployment) -> ClaimsReader:
    """A reader of the deployment's claims table."""
    return ClaimsReader(deployed.client("dynamodb", deployed.home), deployed.get_table("claims"))
