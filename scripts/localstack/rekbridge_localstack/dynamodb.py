"""DynamoDB Local from DYNAMODB_LOCAL_JAR_DIR, instead of the one that LocalStack would download with a Java of its own.

LocalStack's Java agent is part of that download and left out; all it does is to let a table have more indexes.
"""

import logging
import os
from pathlib import Path
from signal import SIGKILL

from localstack.runtime import hooks
from localstack.services.dynamodb.server import DynamodbServer
from localstack.utils.run import ShellCommandThread
from localstack.utils.threads import TMP_THREADS

from rekbridge_localstack.tether import tethered

LOG = logging.getLogger(__name__)


@hooks.on_infra_start()
def use_dynamodb_jar() -> None:
    """Have LocalStack's server class start that jar."""
    DynamodbServer.do_start_thread = _start


def _start(self: DynamodbServer) -> ShellCommandThread:
    folder = Path(os.environ["DYNAMODB_LOCAL_JAR_DIR"])
    java = ["java", f"-Xmx{self.heap_size}", f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"]
    jar = ["-jar", str(folder / "DynamoDBLocal.jar"), "-port", str(self.port), "-inMemory", "-disableTelemetry"]
    # The thread that starts it also waits for its end, so the two may be tied to each other.
    tied = tethered([*java, *jar], SIGKILL)
    thread = ShellCommandThread(tied, cwd=str(folder), auto_restart=True, name="dynamodb-local")
    TMP_THREADS.append(thread)
    thread.start()
    return thread
