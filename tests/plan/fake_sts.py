"""A local STS: GetCallerIdentity is the only request that a plan sends to AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ACCOUNT = "123456789012"
RESPONSE = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/planner</Arn><UserId>planner</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>""".encode()


class CallerIdentityHandler(BaseHTTPRequestHandler):
    """Answers every POST with the same identity."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(RESPONSE)))
        self.end_headers()
        self.wfile.write(RESPONSE)

    def log_message(self, *_: object) -> None:
        """No log: Terraform reports errors."""


@contextmanager
def serve_sts() -> Iterator[str]:
    """Serve STS within the context; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), CallerIdentityHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
