"""Runs all checks of an account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rekbridge.deploy.preflight import clashes, credentials, findings, ids_secret, limits
from rekbridge.deploy.preflight.findings import Finding
from rekbridge.deploy.preflight.settings import DeployedState, DeploymentSettings
from rekbridge.support.notify import Notify


def check_account(
    settings: DeploymentSettings,
    create_client: Callable[[str, str], Any],
    read_state: Callable[[], DeployedState],
    notify: Notify,
) -> dict[str, int]:
    """Check the account and return the Terraform variables that it decides.

    `create_client` creates a boto3 client of a service in a region. `read_state` is called once the credentials are
    known to be valid. Raises OperatorError with everything because of which a deployment would fail half-way.
    """
    identity = credentials.identify(settings.regions, create_client, notify)
    found = [
        *credentials.check_account_id(settings, identity),
        *credentials.check_architecture(settings),
        *credentials.check_regions(identity),
    ]
    variables: dict[str, int] = {}
    # In another account, or in a region that is not enabled, everything else would be about the wrong place.
    if settings.account_id in {None, identity.account} and settings.home not in identity.refusals:
        resources = ResourceChecks(settings, identity, create_client, read_state, notify, variables)
        found += findings.collect([resources.check_logging_role, resources.check_lambda, resources.check_against_state])
    findings.require_none(found)
    return variables


@dataclass(frozen=True, slots=True)
class ResourceChecks:
    """The checks of what is in an account. `variables` receives what they decide."""

    settings: DeploymentSettings
    identity: credentials.Identity
    create_client: Callable[[str, str], Any]
    read_state: Callable[[], DeployedState]
    notify: Notify
    variables: dict[str, int]

    def check_logging_role(self) -> Sequence[Finding]:
        """Find that API Gateway cannot write logs."""
        return limits.check_logging_role(self.create_client("apigateway", self.settings.home), self.notify)

    def check_lambda(self) -> Sequence[Finding]:
        """Find that Lambda has no room for the packages; set the variable account_concurrency."""
        account = limits.read_lambda_settings(self.create_client("lambda", self.settings.home), self.notify)
        self.variables.update(limits.get_concurrency_variable(account))
        return limits.check_lambda(account, self.settings, self.notify)

    def check_against_state(self) -> Sequence[Finding]:
        """Find what depends on whether anything is deployed: the secret, and names that others have taken."""
        state = self.read_state()
        checks: list[Callable[[], Sequence[Finding]]] = [
            lambda: ids_secret.check_secret(
                self.settings, state, self.create_client("secretsmanager", self.settings.home), self.notify
            )
        ]
        if not state.is_deployed:
            checks += [
                lambda: limits.check_roles(self.create_client("iam", self.settings.home), self.notify),
                lambda: clashes.check_names(self.settings, self.identity, self.create_client, self.notify),
            ]
        return findings.collect(checks)
