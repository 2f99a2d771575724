"""Who calls which region, read from the SigV4 header. The signature is not verified: no secrets here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import ServiceError

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Caller:
    """The access key a call was signed with, and the region it was signed for."""

    access_key: str
    region: str


def caller(headers: Mapping[str, str]) -> Caller:
    """The caller of a request. Raises ServiceError for an unsigned call or one signed for another service."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if scope["service"] != "rekognition":
        raise ServiceError(
            "InvalidSignatureException",
            f"Credential should be scoped to correct service: 'rekognition', not '{scope['service']}'.",
        )
    return Caller(scope["key"], scope["region"])
