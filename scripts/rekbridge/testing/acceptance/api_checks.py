"""The REST API answers: its health, and one image at once."""

from collections.abc import Callable

from rekbridge.api.client import ApiResponse
from rekbridge.testing.acceptance.outcomes import StepFailed
from rekbridge.testing.acceptance.samples import make_sample
from rekbridge.testing.acceptance.trial import AcceptanceTrial
from rekbridge.testing.waiting import wait_until

# A new stage of API Gateway, and the permission to call it, are not known everywhere at once.
READY_TIMEOUT_S = 60.0


def check_api(trial: AcceptanceTrial, show: Callable[[str], None]) -> str:
    """Request the health and one analysis. Returns what was seen."""
    api = trial.api
    show("GET /health")
    health = wait_for_health(lambda: api.request("GET", "/health"))
    version = health.json()["version"]
    operation = sorted(trial.operations)[0]
    show(f"POST /analyze/{operation}")
    image = make_sample(f"{trial.seed}/api")
    response = api.request("POST", f"/analyze/{operation}", image, {"Content-Type": "image/png"})
    if response.status != 200 or "Rekbridge" not in (body := response.json()):
        raise StepFailed("200 and a result", describe_response(response), "Look at the errors of API.")
    origin = body["Rekbridge"]
    return f"version {version} is healthy; {operation} in {origin['region']}, called {origin['called_ms']} ms"


def wait_for_health(request: Callable[[], ApiResponse], timeout_s: float = READY_TIMEOUT_S) -> ApiResponse:
    """Wait until the API is healthy, and return its response. Raises StepFailed."""
    responses: list[ApiResponse] = []

    def request_health() -> ApiResponse | None:
        responses.append(request())
        return responses[-1] if responses[-1].status == 200 and responses[-1].json().get("status") == "ok" else None

    try:
        healthy = wait_until(request_health, "the API is healthy", timeout_s, interval_s=1)
    except TimeoutError as error:
        advice = "403: allow your role execute-api:Invoke. Anything else: look at the errors of API."
        raise StepFailed("200 and the status ok", describe_response(responses[-1]), advice) from error
    assert healthy is not None
    return healthy


def describe_response(response: ApiResponse) -> str:
    """The status, and the start of the body in one line."""
    return f"{response.status} {' '.join(response.body[:200].decode(errors='replace').split())}"
