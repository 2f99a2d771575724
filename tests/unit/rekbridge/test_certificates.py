import ssl
from hashlib import sha256
from pathlib import Path

import botocore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rekbridge.packaging import certificates
from rekbridge.support.errors import OperatorError

BUNDLE = (Path(botocore.__file__).parent / "cacert.pem").read_text()
# SHA-256 of the subject public key information, as https://www.amazontrust.com/repository/ had it on 2026-11-21.
PUBLISHED = {
    "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
    "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
    "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
    "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
    "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
}


# The Starfield root's serial number is 0.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_the_keys_are_those_that_amazon_publishes() -> None:
    selected = x509.load_pem_x509_certificates(certificates.select_amazon_roots(BUNDLE).encode())
    keys = [one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for one in selected]
    assert {sha256(key).hexdigest() for key in keys} == PUBLISHED


def test_python_accepts_the_selected_certificates() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificates.select_amazon_roots(BUNDLE))
    assert context.cert_store_stats()["x509_ca"] == 5


def test_a_missing_root_is_named() -> None:
    without = certificates.select_amazon_roots(BUNDLE).split("# Amazon Root CA 4")[0]
    with pytest.raises(OperatorError, match="Amazon Root CA 4, Starfield Services Root CA - G2"):
        certificates.select_amazon_roots(without)
