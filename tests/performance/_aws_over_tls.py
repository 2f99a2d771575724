"""AWS over TLS on this machine: moto behind HTTPS, under AWS's own host names. It records every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from tests.certificates import create_server_context

SERVICES = ("s3", "dynamodb", "sqs", "rekognition", "events", "secretsmanager")
# Headers that http.server writes itself.
OWN_HEADERS = {"content-length", "connection", "date", "server"}


@dataclass
class TlsAwsServer:
    """The server's port, the root certificate (PEM) that its clients must trust, and the calls it received.

    A call is recorded as service and operation; of S3, which has no operation header, as service and HTTP method.
    """

    port: int
    root_certificate: bytes
    calls: list[str] = field(default_factory=list)


@contextmanager
def serve_moto(folder: Path, *regions: str) -> Iterator[TlsAwsServer]:
    """Serve moto's AWS for the hosts of these regions. `mock_aws` must be active in this process."""
    hosts = [f"{service}.{region}.amazonaws.com" for service in SERVICES for region in regions]
    context, root_certificate = create_server_context(folder, *hosts, *(f"*.{host}" for host in hosts))
    listener = ThreadingHTTPServer(("127.0.0.1", 0), MotoRequestHandler)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    server = TlsAwsServer(listener.server_address[1], root_certificate)
    MotoRequestHandler.calls = server.calls
    thread = Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


class MotoRequestHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    calls: list[str]
    # moto is not safe for several threads.
    moto_lock = Lock()

    def forward_to_moto(self) -> None:
        """Record the request and send moto's response, as AWS would."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host, headers = self.headers["Host"], HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        request = AWSPreparedRequest(self.command, f"https://{host}{self.path}", headers, body, False)
        with self.moto_lock:
            # A bucket's name may stand before the service in the host name.
            service = next(part for part in host.split(".") if part in SERVICES)
            self.calls.append(f"{service} {self.headers.get('X-Amz-Target', self.command).rpartition('.')[2]}")
            response = botocore_stubber.process_request(request)
        assert response, f"moto does not mock {request.url}"
        status, response_headers, content = response
        content = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in response_headers.items():
            if name.lower() not in OWN_HEADERS:
                self.send_header(name, value)
        length = next((value for name, value in response_headers.items() if name.lower() == "content-length"), None)
        is_head = self.command == "HEAD"
        self.send_header("Content-Length", str(length if is_head and length else len(content)))
        self.end_headers()
        if not is_head:
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward_to_moto

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""
