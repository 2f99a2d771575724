"""The access key and region of a call, read from its SigV4 header. The signature itself is not verified."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rekbridge_engine.errors import ServiceError

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """The access key a call was signed with, and the region it was signed for."""

    access_key: str
    region: str


def parse_identity(headers: Mapping[str, str]) -> SigningIdentity:
    """Read who signed a request. Raises ServiceError for an unsigned request or one signed for another service."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if scope["service"] != "rekognition":
        raise ServiceError(
            "InvalidSignatureException",
            f"Credential should be scoped to correct service: 'rekognition', not '{scope['service']}'.",
        )
    return SigningIdentity(scope["key"], scope["region"])
