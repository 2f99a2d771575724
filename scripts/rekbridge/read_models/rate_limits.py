"""What the workers have learned of each region: rates after throttles, and open circuits."""

from collections.abc import Mapping
from time import time

from rekbridge_lambda.domain.rate_limits import RateLimitState
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from rekbridge.read_models.deployment import Deployment

type OperationRegion = tuple[str, str]

# Seconds for which the circuit of a region that refuses the account stays open.
REFUSED_OPEN_FOR_S = gcra.REFUSED_OPEN_FOR / gcra.SECOND


def load_learned_rates(
    deployed: Deployment, quotas: Mapping[OperationRegion, float]
) -> dict[OperationRegion, tuple[float, float]]:
    """Expected calls a second, and seconds for which the circuit stays open, where a call was ever reserved.

    The keys are operation and region; `quotas` has the configured calls a second of each.
    """
    table = RateLimitTable(deployed.client("dynamodb", deployed.home), deployed.get_table("rate_limit"))
    now = round(time() * gcra.SECOND)
    return {
        key: (gcra.compute_rate(state, quotas[key], now), max(0, (state.open_until or 0) - now) / gcra.SECOND)
        for key, state in table.load_states(quotas).items()
        if state != RateLimitState()
    }
