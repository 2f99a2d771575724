"""A client of the REST API. Requests are signed with Signature Version 4; error responses are returned, not raised."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from rekbridge.support.errors import OperatorError

# More than the 29 seconds of API Gateway.
TIMEOUT_S = 35


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response. The names of headers are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Decode the body. Raises ValueError if it is not JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The address of an API, and the credentials for it."""

    url: str
    region: str
    credentials: Credentials

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Send a request and return the response. Raises OperatorError if nothing answers."""
        request = AWSRequest(method, self.url + path, headers=dict(headers or {}), data=body)
        SigV4Auth(self.credentials, "execute-api", self.region).add_auth(request)
        try:
            response = _get_http_session(self.url).send(request.prepare())
        except (ConnectionError, HTTPClientError) as error:
            raise OperatorError(
                f"The API did not answer: {error}", f"Check the network, and that {self.url} is deployed."
            ) from error
        return ApiResponse(response.status_code, response.headers, response.content)


@cache
def _get_http_session(url: str) -> URLLib3Session:
    """Return a session that uses the operator's proxy and CA bundle, as botocore's clients do."""
    verify: Any = os.environ.get("AWS_CA_BUNDLE") or True
    return URLLib3Session(verify=verify, proxies=get_environ_proxies(url), timeout=TIMEOUT_S, max_pool_connections=50)
