"""Runs DynamoDB Local on 127.0.0.1 until a process ends: `dynamodb PROCESS HEAP [DynamoDB Local's own arguments]`.

DynamoDB Local has no argument for the address and would listen on all of them, so the address is set in its server
object before the server starts, and so are the host names that it answers to.
"""

import os
import select
import sys
from pathlib import Path

import jpype

# As LocalStack and this kit's tests call it.
HOSTS = ("127.0.0.1", "localhost")


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
    web_server = jetty.get(server)
    for connector in web_server.getConnectors():
        connector.setHost("127.0.0.1")
    # Other host names get 404: a web page may have pointed its own name here (DNS rebinding). A page of another origin
    # cannot name an operation, because DynamoDB Local's answers to preflights allow no origin.
    context = jpype.JClass("org.eclipse.jetty.server.handler.ContextHandler")(web_server.getHandler(), "/")
    context.setVirtualHosts(jpype.java.util.ArrayList(HOSTS))
    web_server.setHandler(context)
    server.start()
    select.select([parent], [], [])
    os._exit(0)  # a normal exit would wait for the server, which never ends


if __name__ == "__main__":
    main()
