"""AWS over TLS on this machine: moto behind HTTPS, under AWS's own host names, every request written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from tests.certificates import authority

SERVICES = ("s3", "dynamodb", "sqs", "rekognition", "events")


@dataclass
class Server:
    """Where it listens, whom its clients have to trust, and what they asked: host and operation."""

    port: int
    root: bytes
    asked: list[str] = field(default_factory=list)


@contextmanager
def server(folder: Path, *regions: str) -> Iterator[Server]:
    """Serve moto's AWS, which is to be active in this process, for these regions' hosts."""
    hosts = [f"{service}.{region}.amazonaws.com" for service in SERVICES for region in regions]
    context, root = authority(folder, *hosts, *(f"*.{host}" for host in hosts))
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    serving = Server(listening.server_address[1], root)
    _Answers.asked = serving.asked
    thread = Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield serving
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked: list[str]
    one_at_a_time = Lock()

    def answer(self) -> None:
        """Let moto answer as AWS does."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host, headers = self.headers["Host"], HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        request = AWSPreparedRequest(self.command, f"https://{host}{self.path}", headers, body, False)
        with self.one_at_a_time:
            # Its service, without the bucket's name before it, and what is asked of it.
            service = next(part for part in host.split(".") if part in SERVICES)
            self.asked.append(f"{service} {self.headers.get('X-Amz-Target', self.command).rpartition('.')[2]}")
            answered = botocore_stubber.process_request(request)
        assert answered, f"moto knows nothing of {request.url}"
        status, told, content = answered
        content = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in told.items():
            if name.lower() not in {"content-length", "connection", "date", "server"}:
                self.send_header(name, value)
        length = next((value for name, value in told.items() if name.lower() == "content-length"), None)
        head = self.command == "HEAD"
        self.send_header("Content-Length", str(length if head and length else len(content)))
        self.end_headers()
        if not head:
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""
