"""Certificates of a day, for servers of the tests that speak TLS."""

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


def authority(folder: Path, *hosts: str) -> tuple[ssl.SSLContext, bytes]:
    """What a server of these hosts, and of 127.0.0.1, speaks TLS with; and the root, in PEM, that leads to it."""
    root, root_key = _certificate("A root for a day", None)
    leaf, leaf_key = _certificate("A server for a day", (root, root_key), hosts)
    chain = folder / "server.pem"
    key = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    chain.write_bytes(leaf.public_bytes(Encoding.PEM) + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, root.public_bytes(Encoding.PEM)


type _Signed = tuple[x509.Certificate, rsa.RSAPrivateKey]


def _certificate(name: str, by: _Signed | None, hosts: Iterable[str] = ()) -> _Signed:
    """A certificate of a day, signed by itself unless by another."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (by[0].subject, by[1]) if by else (subject, key)
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    named = x509.SubjectAlternativeName([*map(x509.DNSName, hosts), x509.IPAddress(ip_address("127.0.0.1"))])
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
    return (built.add_extension(named, critical=False) if by else built).sign(signer, hashes.SHA256()), key


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
