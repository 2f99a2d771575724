"""The root certificates that AWS's endpoints lead to; each connection reads them, and botocore has a hundred more."""

import re
import ssl
from hashlib import sha256

from rekbridge.support.errors import OperatorError

# Amazon Trust Services names five for trust stores of one's own (https://www.amazontrust.com/repository/). SHA-256 of
# each as botocore has it; tests compare their keys with those that Amazon publishes.
AMAZON = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": "Starfield Services Root CA - G2",
}
PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def amazons(bundle: str) -> str:
    """The five out of a bundle of root certificates. Raises OperatorError when one is not in it any more."""
    found = {sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest(): pem for pem in PEM.findall(bundle)}
    if missing := AMAZON.keys() - found.keys():
        raise OperatorError(
            f"botocore does not trust {', '.join(sorted(AMAZON[one] for one in missing))} any more.",
            "Look at https://www.amazontrust.com/repository/ and renew the list in packaging/certificates.py.",
        )
    return "".join(f"# {name}\n{found[one]}\n" for one, name in AMAZON.items())
