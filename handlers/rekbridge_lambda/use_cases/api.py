"""API: analyse now, sign uploads, say what is deployed and what is left of the quotas."""

from dataclasses import dataclass

from rekbridge_lambda.domain.callers import KeyPolicy
from rekbridge_lambda.domain.custom_models import pin_to_model_region
from rekbridge_lambda.domain.ids import OwnerId
from rekbridge_lambda.domain.operations import Operations, get_operation
from rekbridge_lambda.domain.parameters import apply_parameters
from rekbridge_lambda.domain.rate_limits import QuotaShares, RateLimitState
from rekbridge_lambda.domain.requests import AnalysisRequest, S3ImageRef
from rekbridge_lambda.domain.uploads import UPLOAD_VALID_S, PresignedPost, UploadRequest
from rekbridge_lambda.ports import Clock, RateLimitStore, UploadSigner
from rekbridge_lambda.rate_limiting.callers import CallerLimiter
from rekbridge_lambda.use_cases.synchronous_analysis import AnalysisResponse, SynchronousAnalysis


@dataclass(frozen=True, slots=True)
class RestApi:
    """What the REST API can do; its requests and answers as JSON are in adapters/http."""

    home_region: str
    account_id: str
    version: str
    operations: Operations
    key_policy: KeyPolicy
    synchronous_analysis: SynchronousAnalysis
    upload_signer: UploadSigner
    rate_limits: RateLimitStore
    shares: QuotaShares
    caller_limiter: CallerLimiter
    now: Clock

    def admit(self, caller: str) -> None:
        """Count one request that costs something. Raises Throttled when this caller has made too many."""
        self.caller_limiter.admit(caller)

    def analyze(self, name: str, request: AnalysisRequest, caller: str, deadline: int) -> AnalysisResponse:
        """Run one operation before the deadline (milliseconds). Raises Rejected, Unavailable, OutOfAttempts."""
        for image in request.images:
            if isinstance(image, S3ImageRef):
                self.key_policy.check_key(caller, image.key)
        operation = apply_parameters(get_operation(self.operations, name), request.parameters)
        operation = pin_to_model_region(operation, self.account_id)
        # The first part of a key contains no slash: a caller who sends bytes shares no image with an uploader.
        owner = OwnerId(f"caller/{caller}")
        return self.synchronous_analysis.analyze_request(operation, request, owner, deadline)

    def sign_upload(self, upload_request: UploadRequest, caller: str) -> tuple[PresignedPost, int]:
        """A form for one file, and when it expires (milliseconds, rounded down to seconds). Raises NotYourPrefix."""
        self.key_policy.check_key(caller, upload_request.key)
        expires_at = (self.now() // 1000 + UPLOAD_VALID_S) * 1000
        return self.upload_signer.sign_upload(upload_request), expires_at

    def load_rate_limits(self) -> dict[tuple[str, str], RateLimitState]:
        """The current rate limit state of every operation in every region."""
        keys = [(name, region) for name, operation in self.operations.items() for region in operation.regions]
        return self.rate_limits.load_states(keys)
