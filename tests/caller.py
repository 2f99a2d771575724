"""A caller of the API: its requests as API Gateway hands them over, and what comes back."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.adapters.http.api_gateway import Http
from rekbridge_lambda.domain.operations import CATALOG, Allowance, Planned
from rekbridge_lambda.domain.requests import Request
from rekbridge_lambda.use_cases.api import Api
from rekbridge_lambda.use_cases.paid_call import Ask
from rekbridge_lambda.use_cases.retry import AskUntil
from rekbridge_lambda.use_cases.synchronous_analysis import AnalyzeNow

from tests import fakes
from tests.builders import HOME, REMOTE
from tests.world import World

ACCOUNT = "000000000000"
# API Gateway's 29 seconds.
BUDGET_MS = 29_000
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session-1"
# Everything may be asked, in two regions; nothing of it needs a queue.
PLAN = {
    name: Planned(row, "bytes", {REMOTE: Allowance(50), "eu-central-1": Allowance(5)}, "", "")
    for name, row in CATALOG.items()
}


@dataclass(frozen=True)
class Reply:
    """What the caller reads."""

    status: int
    json: dict[str, Any]
    headers: Mapping[str, str]


def event(
    method: str, resource: str, body: bytes = b"", content_type: str | None = None, arn: str | None = ARN, **path: str
) -> dict[str, Any]:
    """A request as API Gateway hands it to a Lambda (AWS: input format of a proxy integration)."""
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


def reply(answer: dict[str, Any]) -> Reply:
    """An answer as API Gateway passes it on."""
    assert answer["isBase64Encoded"] is False
    return Reply(answer["statusCode"], json.loads(answer["body"]), answer["headers"])


@dataclass
class Caller:
    """The API joined by fakes."""

    world: World = field(default_factory=World)
    plan: dict[str, Planned] = field(default_factory=lambda: dict(PLAN))
    forms: fakes.FakeUploadForms = field(default_factory=fakes.FakeUploadForms)
    pace: fakes.FakePaceStore = field(default_factory=fakes.FakePaceStore)
    arn: str | None = ARN

    @property
    def api(self) -> Api:
        world, pause = self.world, fakes.FakePause(self.world.now)
        ask = Ask(HOME, world.results, world.ledger, world.placement, world.vision, pause, world.now)
        until = AskUntil(world.results, ask, pause, world.now)
        now = AnalyzeNow(world.media, world.preparation, world.results, until, world.now)
        return Api(HOME, ACCOUNT, "1.0", self.plan, now, self.forms, self.pace, world.now)

    @property
    def routes(self) -> dict[tuple[str, str], Callable[[Request], Mapping[str, Any]]]:
        return {
            ("POST", "/analyze/{operation}"): self.api.analyze,
            ("POST", "/uploads"): self.api.upload,
            ("GET", "/health"): self.api.health,
            ("GET", "/capacity"): self.api.capacity,
        }

    def send(self, event: dict[str, Any]) -> Reply:
        return reply(Http(self.routes, lambda: "").answer(event, self.world.now() + BUDGET_MS))

    def post(self, resource: str, body: bytes, content_type: str | None, **path: str) -> Reply:
        return self.send(event("POST", resource, body, content_type, self.arn, **path))

    def get(self, resource: str) -> Reply:
        return self.send(event("GET", resource))

    def ask(self, operation: str, body: Any, content_type: str | None = None) -> Reply:
        """An analysis: bytes are a file, anything else is JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        usual = "image/png" if isinstance(body, bytes) else "application/json"
        return self.post("/analyze/{operation}", raw, content_type or usual, operation=operation)
