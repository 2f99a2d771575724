"""The routes of the REST API: each parses its request, calls a use case, formats the answer (docs/openapi.json)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rekbridge_lambda.adapters.http import bodies
from rekbridge_lambda.domain.operations import RegionQuota, get_operation
from rekbridge_lambda.domain.rate_limits import QuotaShares, RateLimitState, TrafficClass
from rekbridge_lambda.domain.uploads import MAX_UPLOAD_BYTES
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.use_cases.api import RestApi
from rekbridge_lambda.use_cases.synchronous_analysis import AnalysisResponse

type ResponseBody = Mapping[str, Any]
type Routes = Mapping[tuple[str, str], Callable[[ApiRequest], ResponseBody]]


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One HTTP request: its path parameters, its body, and its deadline (milliseconds).

    `caller` is the ARN of who signed it, without the name of a session: the same for all requests of a caller.
    """

    id: str
    caller: str
    deadline: int
    path: Mapping[str, str]
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ApiRoutes:
    """Answers of the REST API as JSON."""

    api: RestApi

    def get_routes(self) -> Routes:
        """Every method and path with the function that answers it."""
        return {
            ("POST", "/analyze/{operation}"): self.analyze,
            ("POST", "/uploads"): self.create_upload,
            ("GET", "/health"): self.get_health,
            ("GET", "/capacity"): self.get_capacity,
        }

    def analyze(self, request: ApiRequest) -> ResponseBody:
        """Rekognition's own response, and under `Rekbridge` how it came."""
        self.api.admit(request.caller)
        name = request.path["operation"]
        definition = get_operation(self.api.operations, name).definition
        analysis_request = bodies.parse_analysis_request(definition, request.content_type, request.body)
        response = self.api.analyze(name, analysis_request, request.caller, request.deadline)
        return response.result.response | {"Rekbridge": describe_response(response, request)}

    def create_upload(self, request: ApiRequest) -> ResponseBody:
        """A form for one file, which is then ingested like every upload."""
        self.api.admit(request.caller)
        form, expires_at = self.api.sign_upload(bodies.parse_upload_request(request.body), request.caller)
        return asdict(form) | {"expires_at": format_time(expires_at), "max_bytes": MAX_UPLOAD_BYTES}

    def get_health(self, request: ApiRequest) -> ResponseBody:
        """What is deployed; nothing is called."""
        operations = {
            name: {"action": row.definition.action, "regions": sorted(row.regions), "parameters": row.parameters}
            for name, row in self.api.operations.items()
        }
        return {
            "status": "ok",
            "version": self.api.version,
            "region": self.api.home_region,
            "operations": operations,
        }

    def get_capacity(self, request: ApiRequest) -> ResponseBody:
        """Every operation's quota in every region, and what throttles and failures have left of it."""
        states, now = self.api.load_rate_limits(), self.api.now()
        return {
            "at": format_time(now),
            "operations": {
                name: {
                    region: describe_region(states[name, region], quota, self.api.shares, now * 1000)
                    for region, quota in row.regions.items()
                }
                for name, row in self.api.operations.items()
            },
        }


def describe_region(state: RateLimitState, quota: RegionQuota, shares: QuotaShares, now: int) -> ResponseBody:
    """One region of one operation, and what is guaranteed of it to uploads and to the API; `now` in microseconds."""
    rate = gcra.compute_rate(state, quota.tps, now)

    def describe_share(traffic_class: TrafficClass) -> ResponseBody:
        wait = gcra.compute_wait(state, traffic_class, now, 0)
        return {"rate": round(shares.get_share(traffic_class) * rate, 3), "wait_ms": wait // 1000}

    return {
        "quota": quota.tps,
        "rate": round(rate, 3),
        "weight": quota.weight,
        "wait_ms": gcra.compute_least_wait(state, "api", now, 0) // 1000,
        "shares": {"workers": describe_share("workers"), "api": describe_share("api")},
        "circuit": gcra.get_circuit(state, now),
        "open_until": None if state.open_until is None else format_time(state.open_until // 1000),
    }


def describe_response(response: AnalysisResponse, request: ApiRequest) -> ResponseBody:
    """How a response came: region, cache, times in milliseconds, and what was sent."""
    sent = [{"bytes": len(image.body), "width": image.width, "height": image.height} for image in response.prepared]
    return {
        "region": response.result.region,
        "cached": response.cached,
        "request_id": request.id,
        "waited_ms": response.waited_ms,
        "called_ms": response.called_ms,
        "prepared": sent,
    }


def format_time(milliseconds: int) -> str:
    """A time in RFC 3339."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
