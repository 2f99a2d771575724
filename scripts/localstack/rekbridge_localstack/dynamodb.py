"""Runs DynamoDB Local on 127.0.0.1 until a process ends: `dynamodb PROCESS HEAP [DynamoDB Local's own arguments]`.

DynamoDB Local has no argument for the address and would listen on all of them, so the address is set in its server
object before the server starts.
"""

import os
import select
import sys
from pathlib import Path

import jpype


def main() -> None:
    """Run the jar of DYNAMODB_LOCAL_JAR_DIR in this process, with the Java of JAVA_HOME."""
    process, heap, *arguments = sys.argv[1:]
    parent = os.pidfd_open(int(process))
    folder = Path(os.environ["DYNAMODB_LOCAL_JAR_DIR"])
    libraries = f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"
    jpype.startJVM(f"-Xmx{heap}", libraries, classpath=[folder / "DynamoDBLocal.jar"])
    runner = jpype.JClass("software.amazon.dynamodb.services.local.main.ServerRunner")
    server = runner.createServerFromCommandLineArgs(arguments)
    jetty = server.getClass().getDeclaredField("server")
    jetty.setAccessible(True)
    for connector in jetty.get(server).getConnectors():
        connector.setHost("127.0.0.1")
    server.start()
    select.select([parent], [], [])
    os._exit(0)  # a normal exit would wait for the server, which never ends


if __name__ == "__main__":
    main()
