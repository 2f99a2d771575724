"""What LocalStack runs before its services start, besides the lanes of `pollers`."""

import os
import sys
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


@hooks.on_infra_start()
def run_dynamodb_at_hand() -> None:
    """LocalStack would download one, a Java, and an agent for it, which only lets a table have more indexes."""
    # Not above: what another version lacks must not keep it from being refused.
    from localstack.services.dynamodb.server import DynamodbServer
    from localstack.utils.run import ShellCommandThread

    def start(self: DynamodbServer) -> ShellCommandThread:
        program = [sys.executable, "-m", "rekbridge_localstack.dynamodb", str(os.getpid()), self.heap_size]
        told = ["-port", str(self.port), "-inMemory", "-disableTelemetry"]
        thread = ShellCommandThread([*program, *told], auto_restart=True, name="dynamodb-local")
        thread.start()
        return thread

    DynamodbServer.do_start_thread = start
