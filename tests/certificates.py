"""TLS certificates that are valid for one day, for the servers of tests."""

import datetime
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def create_server_context(folder: Path, *hosts: str) -> tuple[ssl.SSLContext, bytes]:
    """The TLS context of a server for these hosts and 127.0.0.1, and its root certificate as PEM."""
    root, root_key = _issue_certificate("Test root", None)
    leaf, leaf_key = _issue_certificate("Test server", (root, root_key), hosts)
    chain = folder / "server.pem"
    key = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    chain.write_bytes(leaf.public_bytes(Encoding.PEM) + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, root.public_bytes(Encoding.PEM)


type _CertificateWithKey = tuple[x509.Certificate, rsa.RSAPrivateKey]


def _issue_certificate(
    name: str, signed_by: _CertificateWithKey | None, hosts: Iterable[str] = ()
) -> _CertificateWithKey:
    """A certificate with its key, signed by another one, or self-signed."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (signed_by[0].subject, signed_by[1]) if signed_by else (subject, key)
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    alternative_names = x509.SubjectAlternativeName(
        [*map(x509.DNSName, hosts), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=not signed_by, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_make_key_usage(signs=not signed_by), critical=True)
    )
    return (builder.add_extension(alternative_names, critical=False) if signed_by else builder).sign(
        signer, hashes.SHA256()
    ), key


def _make_key_usage(signs: bool) -> x509.KeyUsage:
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
