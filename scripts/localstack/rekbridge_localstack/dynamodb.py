"""Runs DynamoDB Local on 127.0.0.1 until a process ends: `dynamodb PROCESS HEAP [DynamoDB Local's own arguments]`.

These name no address, and it would listen on all of them; but before it starts, its server can be told.
"""

import os
import select
import sys
from pathlib import Path

import jpype


def main() -> None:
    """Run the jar in DYNAMODB_LOCAL_JAR_DIR, in this process, by the Java in JAVA_HOME."""
    process, heap, *told = sys.argv[1:]
    tether = os.pidfd_open(int(process))
    folder = Path(os.environ["DYNAMODB_LOCAL_JAR_DIR"])
    libraries = f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"
    jpype.startJVM(f"-Xmx{heap}", libraries, classpath=[folder / "DynamoDBLocal.jar"])
    runner = jpype.JClass("software.amazon.dynamodb.services.local.main.ServerRunner")
    server = runner.createServerFromCommandLineArgs(told)
    jetty = server.getClass().getDeclaredField("server")
    jetty.setAccessible(True)
    for connector in jetty.get(server).getConnectors():
        connector.setHost("127.0.0.1")
    server.start()
    select.select([tether], [], [])
    os._exit(0)  # the JVM would wait for its server


if __name__ == "__main__":
    main()
