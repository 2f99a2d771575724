"""Hooks that LocalStack runs before its services start. The hook for event source mappings is in `pollers`."""

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
    """Exit unless this is the supported version. Runs before all other hooks.

    The other hooks replace internal code of LocalStack, which in another version could fail silently.
    """
    version = metadata.version("localstack-core")
    if version != SUPPORTED:
        raise LocalstackExit(f"rekbridge_localstack needs localstack-core {SUPPORTED}, and this is {version}.", code=1)


@hooks.on_infra_start()
def listen_on_configured_address() -> None:
    """Listen on the address of GATEWAY_LISTEN: LocalStack itself uses only the port, and listens on all addresses."""
    endpoints.TCP4ServerEndpoint = partial(endpoints.TCP4ServerEndpoint, interface=GATEWAY_LISTEN[0].host)


@hooks.on_infra_start()
def use_installed_dynamodb_local() -> None:
    """Run the DynamoDB Local that we installed.

    LocalStack would download its own, a Java, and an agent that only raises the limit of indexes per table.
    """
    # Imported here: if another version lacks these names, refuse_other_version must still run.
    from localstack.services.dynamodb.server import DynamodbServer
    from localstack.utils.run import ShellCommandThread

    def start(self: DynamodbServer) -> ShellCommandThread:
        program = [sys.executable, "-m", "rekbridge_localstack.dynamodb", str(os.getpid()), self.heap_size]
        arguments = ["-port", str(self.port), "-inMemory", "-disableTelemetry"]
        thread = ShellCommandThread([*program, *arguments], auto_restart=True, name="dynamodb-local")
        thread.start()
        return thread

    DynamodbServer.do_start_thread = start
