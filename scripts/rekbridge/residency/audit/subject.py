"""The deployment under audit: what it was deployed as, and one client for each service and region."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Self

from rekbridge_lambda.domain.regions import REGIONS

from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError

# What sets every resource back to what the modules say.
REDEPLOY = (
    "Run `rekbridge deploy`: its plan shows the difference and sets it back. Find out who changed it: CloudTrail."
)


@dataclass(frozen=True)
class AuditSubject:
    """A deployment, its residency rules as applied, and the time of the audit."""

    deployed: Deployment
    rules: Mapping[str, Any]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def create(cls, deployed: Deployment, now: datetime | None = None) -> Self:
        """Read the rules from the deployment's output. Raises OperatorError if an earlier version deployed it."""
        rules = deployed.outputs.get("residency")
        if rules is None:
            raise OperatorError(
                "The deployment is of an earlier version, which did not say which regions it may use.",
                "Run `rekbridge deploy` once (it changes an output), then the audit again.",
            )
        return cls(deployed, rules, now or datetime.now(UTC))

    @property
    def prefix(self) -> str:
        """The deployment's prefix."""
        return str(self.deployed.outputs["prefix"])

    @property
    def account(self) -> str:
        """The deployment's account."""
        return str(self.deployed.outputs["account_id"])

    @property
    def home(self) -> str:
        """The home region."""
        return self.deployed.home

    @property
    def remote(self) -> str:
        """The region of staged copies."""
        return self.deployed.remote

    @property
    def partition(self) -> str:
        """The partition of all of its regions."""
        return REGIONS[self.home].partition

    @property
    def allowed_regions(self) -> set[str]:
        """Every region that may get an image; home is one of them."""
        return {*self.rules["allowed_regions"], self.home}

    @property
    def regions_abroad(self) -> list[str]:
        """The remote region and every other allowed region but home."""
        return sorted({*self.allowed_regions, self.remote} - {self.home})

    def get_key(self, region: str) -> str | None:
        """The ARN of the operator's key for a region, or None for keys of AWS."""
        key = self.rules["kms_key_arns"]["home" if region == self.home else "remote"]
        return str(key) if key else None

    def client(self, service: str, region: str) -> Any:
        """A client, created once: a boto3 session may not be used by two threads, a client may."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self.deployed.client(service, region)
            return self._clients[service, region]
