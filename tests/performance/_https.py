"""AWS over TLS on this machine: moto behind HTTPS, under AWS's own host names, every request written down."""

import datetime
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Lock, Thread

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from moto.core.models import botocore_stubber

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
    root, root_key = _certificate("Root of this benchmark", None)
    hosts = [f"{service}.{region}.amazonaws.com" for service in SERVICES for region in regions]
    leaf, leaf_key = _certificate("AWS of this benchmark", (root, root_key), hosts + [f"*.{host}" for host in hosts])
    chain = folder / "server.pem"
    chain.write_bytes(
        leaf.public_bytes(Encoding.PEM)
        + leaf_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    serving = Server(listening.server_address[1], root.public_bytes(Encoding.PEM))
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


type _Signed = tuple[x509.Certificate, rsa.RSAPrivateKey]


def _certificate(name: str, by: _Signed | None, hosts: list[str] | None = None) -> _Signed:
    """A certificate of a day, signed by itself unless by another."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (by[0].subject, by[1]) if by else (subject, key)
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    named = x509.SubjectAlternativeName([*map(x509.DNSName, hosts or []), x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=not by, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(signs=not by), critical=True)
    )
    return (built.add_extension(named, critical=False) if hosts else built).sign(signer, hashes.SHA256()), key


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
