"""A caller of the REST API: requests as API Gateway passes them to the Lambda, and the parsed responses."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.adapters.http.api_gateway import ApiGatewayRouter
from rekbridge_lambda.adapters.http.routes import ApiRoutes, Routes
from rekbridge_lambda.domain.callers import KeyPolicy
from rekbridge_lambda.domain.operations import CATALOG, DeployedOperation, RegionQuota
from rekbridge_lambda.domain.rate_limits import CallerThrottle, QuotaShares
from rekbridge_lambda.rate_limiting.callers import CallerLimiter
from rekbridge_lambda.use_cases.api import RestApi
from rekbridge_lambda.use_cases.paid_call import PaidCalls
from rekbridge_lambda.use_cases.retry import DeadlineRetry
from rekbridge_lambda.use_cases.synchronous_analysis import SynchronousAnalysis

from tests import fakes
from tests.builders import HOME, REMOTE
from tests.pipeline_harness import PipelineHarness

ACCOUNT = "000000000000"
# API Gateway's timeout: 29 seconds.
BUDGET_MS = 29_000
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session-1"
# Every operation, in two regions; synchronous calls need no queue.
OPERATIONS = {
    name: DeployedOperation(row, "bytes", {REMOTE: RegionQuota(50), "eu-central-1": RegionQuota(5)}, "", "")
    for name, row in CATALOG.items()
}


@dataclass(frozen=True)
class ApiReply:
    """The response as the caller reads it."""

    status: int
    json: dict[str, Any]
    headers: Mapping[str, str]


def make_api_event(
    method: str, resource: str, body: bytes = b"", content_type: str | None = None, arn: str | None = ARN, **path: str
) -> dict[str, Any]:
    """A request as API Gateway passes it to a Lambda (AWS: input format of a proxy integration)."""
    return {
        "resource": resource,
        "path": resource.format(**path),
        "httpMethod": method,
        "headers": {"content-type": content_type} if content_type else None,
        "pathParameters": path or None,
        "requestContext": {"requestId": "request-1", "identity": {"userArn": arn}},
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def parse_reply(response: dict[str, Any]) -> ApiReply:
    """The Lambda's response as API Gateway passes it on."""
    assert response["isBase64Encoded"] is False
    return ApiReply(response["statusCode"], json.loads(response["body"]), response["headers"])


@dataclass
class ApiCaller:
    """Calls the API, which is connected to the fakes of a harness."""

    harness: PipelineHarness = field(default_factory=PipelineHarness)
    operations: dict[str, DeployedOperation] = field(default_factory=lambda: dict(OPERATIONS))
    upload_signer: fakes.FakeUploadSigner = field(default_factory=fakes.FakeUploadSigner)
    rate_limits: fakes.FakeRateLimitStore = field(default_factory=fakes.FakeRateLimitStore)
    caller_limits: fakes.FakeCallerLimitStore = field(default_factory=fakes.FakeCallerLimitStore)
    caller_throttle: CallerThrottle = field(default_factory=lambda: CallerThrottle(per_second=1000, burst=1000))
    arn: str | None = ARN
    # X-Ray's header of the invocation.
    trace: str = ""
    # Trusted, so that a test may name any key.
    trusted_callers: list[str] = field(default_factory=lambda: [f"arn:aws:iam::{ACCOUNT}:role/App"])

    @property
    def api(self) -> RestApi:
        harness, sleep = self.harness, fakes.FakeSleep(self.harness.now)
        paid_calls = PaidCalls(
            HOME, harness.results, harness.claims, harness.region_selector, harness.rekognition, sleep, harness.now
        )
        deadline_retry = DeadlineRetry(harness.results, paid_calls, sleep, harness.now)
        synchronous_analysis = SynchronousAnalysis(
            harness.media, harness.preparer, harness.owner_keys, harness.results, deadline_retry, harness.now
        )
        return RestApi(
            HOME,
            ACCOUNT,
            "1.0",
            self.operations,
            KeyPolicy.from_arns(ACCOUNT, self.trusted_callers),
            synchronous_analysis,
            self.upload_signer,
            self.rate_limits,
            QuotaShares(workers=0.5),
            CallerLimiter(self.caller_throttle, self.caller_limits, harness.now),
            harness.now,
        )

    @property
    def routes(self) -> Routes:
        return ApiRoutes(self.api).get_routes()

    def send(self, event: dict[str, Any]) -> ApiReply:
        return parse_reply(
            ApiGatewayRouter(self.routes, lambda: self.trace).handle_event(event, self.harness.now() + BUDGET_MS)
        )

    def post(self, resource: str, body: bytes, content_type: str | None, **path: str) -> ApiReply:
        return self.send(make_api_event("POST", resource, body, content_type, self.arn, **path))

    def get(self, resource: str) -> ApiReply:
        return self.send(make_api_event("GET", resource))

    def analyze(self, operation: str, body: Any, content_type: str | None = None) -> ApiReply:
        """Request an analysis; a body of bytes is sent as a file, anything else as JSON."""
        encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
        default_type = "image/png" if isinstance(body, bytes) else "application/json"
        return self.post("/analyze/{operation}", encoded, content_type or default_type, operation=operation)
