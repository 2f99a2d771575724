"""What the API answers: an analysis, an upload form, what is deployed, what is left of the quotas."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rekbridge_lambda.domain import custom_models, parameters, requests, upload_requests
from rekbridge_lambda.domain.operations import Allowance, Plan, planned
from rekbridge_lambda.domain.requests import Request
from rekbridge_lambda.ports import Clock, PaceStore, UploadForms
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.state import Lane
from rekbridge_lambda.use_cases.synchronous_analysis import AnalyzeNow, Answer

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Api:
    """The ports, and the plan of all that may be asked."""

    home: str
    account: str
    version: str
    plan: Plan
    analyze_now: AnalyzeNow
    forms: UploadForms
    pace: PaceStore
    now: Clock

    def analyze(self, request: Request) -> Json:
        """Rekognition's own answer, and under `Rekbridge` how it came."""
        deployed = planned(self.plan, request.path["operation"])
        question = requests.question(deployed.operation, request.content_type, request.body)
        asked = custom_models.pinned(parameters.asked(deployed, question.parameters), self.account)
        # No key's first part holds a slash: whoever sends bytes has no images in common with an uploader.
        answer = self.analyze_now(asked, question, f"caller/{request.caller}", request.deadline)
        return answer.result.answer | {"Rekbridge": told(answer, request)}

    def upload(self, request: Request) -> Json:
        """A form for one file, which then goes the way of all uploads."""
        wish = upload_requests.wish(requests.json_object(request.body))
        until = (self.now() // 1000 + upload_requests.VALID_S) * 1000
        return asdict(self.forms.sign(wish)) | {"until": at(until), "largest_bytes": upload_requests.LARGEST_BYTES}

    def health(self, request: Request) -> Json:
        """What is deployed; nothing is called."""
        operations = {
            name: {"action": row.operation.action, "regions": sorted(row.regions), "parameters": row.parameters}
            for name, row in self.plan.items()
        }
        return {"status": "ok", "version": self.version, "region": self.home, "operations": operations}

    def capacity(self, request: Request) -> Json:
        """Every operation's quota in every region, and what throttles and failures have made of it."""
        lanes = self.pace.lanes((name, region) for name, row in self.plan.items() for region in row.regions)
        return {
            "at": at(self.now()),
            "operations": {
                name: {region: self.lane(lanes[name, region], allowed) for region, allowed in row.regions.items()}
                for name, row in self.plan.items()
            },
        }

    def lane(self, lane: Lane, allowed: Allowance) -> Json:
        """One region for one operation."""
        now = self.now() * 1000
        open_until = None if lane.open_until is None else at(lane.open_until // 1000)
        return {
            "quota": allowed.tps,
            "rate": round(state.rate(lane, allowed.tps, now), 3),
            "weight": allowed.weight,
            "wait_ms": state.wait(lane, now, 0) // 1000,
            "breaker": "closed" if open_until is None else "open",
            "open_until": open_until,
        }


def told(answer: Answer, request: Request) -> Json:
    """How an answer came."""
    prepared = [{"bytes": len(one.body), "width": one.width, "height": one.height} for one in answer.prepared]
    return {
        "region": answer.result.region,
        "cached": answer.cached,
        "request_id": request.id,
        "waited_ms": answer.waited_ms,
        "called_ms": answer.called_ms,
        "prepared": prepared,
    }


def at(milliseconds: int) -> str:
    """A time as JSON has it (RFC 3339)."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
