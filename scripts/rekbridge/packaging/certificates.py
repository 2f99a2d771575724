"""Selects the root certificates of AWS's endpoints. botocore has a hundred more, which every connection parses."""

import re
import ssl
from hashlib import sha256

from rekbridge.support.errors import OperatorError

# The five roots that Amazon lists for custom trust stores (https://www.amazontrust.com/repository/), by the SHA-256 of
# the certificate in botocore. Tests compare their keys with those that Amazon publishes.
AMAZON_ROOTS = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": "Starfield Services Root CA - G2",
}
PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def select_amazon_roots(bundle: str) -> str:
    """Return Amazon's roots from a bundle of root certificates. Raises OperatorError if one is missing."""
    certificates = {sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest(): pem for pem in PEM.findall(bundle)}
    if missing := AMAZON_ROOTS.keys() - certificates.keys():
        raise OperatorError(
            f"botocore's root certificates lack {', '.join(sorted(AMAZON_ROOTS[digest] for digest in missing))}.",
            "Compare with https://www.amazontrust.com/repository/ and update the list in packaging/certificates.py.",
        )
    return "".join(f"# {name}\n{certificates[digest]}\n" for digest, name in AMAZON_ROOTS.items())
