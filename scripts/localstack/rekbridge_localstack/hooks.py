"""What LocalStack runs before its services start, besides the two replacements in `dynamodb` and `pollers`."""

from functools import partial
from importlib import metadata

from localstack.config import GATEWAY_LISTEN
from localstack.runtime import hooks
from localstack.runtime.exceptions import LocalstackExit
from twisted.internet import endpoints

SUPPORTED = "4.14.0"


@hooks.on_infra_start(priority=1000)
def refuse_other_version() -> None:
    """Before all other hooks: what they replace is nobody's interface, and elsewhere could fail in silence."""
    found = metadata.version("localstack-core")
    if found != SUPPORTED:
        raise LocalstackExit(f"rekbridge_localstack needs localstack-core {SUPPORTED}, and this is {found}.", code=1)


@hooks.on_infra_start()
def listen_where_told() -> None:
    """LocalStack takes only the port from GATEWAY_LISTEN and would listen on every address of the machine."""
    endpoints.TCP4ServerEndpoint = partial(endpoints.TCP4ServerEndpoint, interface=GATEWAY_LISTEN[0].host)
