"""A local AWS with all that a plan requests: STS GetCallerIdentity, and Secrets Manager GetRandomPassword."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ACCOUNT = "123456789012"
# A password as Secrets Manager generates it: no plan may contain it.
PASSWORD = "Qm7vT2xK" * 8
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/planner</Arn><UserId>planner</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>""".encode()


class AwsHandler(BaseHTTPRequestHandler):
    """Answers every POST with the identity, or with the password if Secrets Manager is meant."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target", "GetCallerIdentity").rpartition(".")[2]
        self.server.requested.append(target)  # type: ignore[attr-defined]
        if target == "GetRandomPassword":
            self.respond("application/x-amz-json-1.1", json.dumps({"RandomPassword": PASSWORD}).encode())
        else:
            self.respond("text/xml", IDENTITY)

    def respond(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """No log: Terraform reports errors."""


@dataclass(frozen=True)
class FakeAws:
    """The address of the server, and the operations that were requested."""

    address: str
    requested: list[str]

    @property
    def environment(self) -> dict[str, str]:
        """What Terraform needs to use it."""
        return {
            "AWS_ACCESS_KEY_ID": "planner",
            "AWS_SECRET_ACCESS_KEY": "planner",
            "AWS_ENDPOINT_URL_STS": self.address,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.address,
        }


@contextmanager
def serve_aws() -> Iterator[FakeAws]:
    """Serve within the context."""
    with ThreadingHTTPServer(("127.0.0.1", 0), AwsHandler) as server:
        server.requested = []  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield FakeAws(f"http://127.0.0.1:{server.server_port}", server.requested)  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
