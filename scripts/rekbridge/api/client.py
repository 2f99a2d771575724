"""The REST API of a deployment: requests signed as AWS wants them (Signature Version 4), answers whatever they say."""

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

# API Gateway itself gives up after 29 seconds.
PATIENCE_S = 35


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, where it is JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Api:
    """Where it answers, and as whom it is asked."""

    url: str
    region: str
    credentials: Credentials

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request. Raises OperatorError when nothing answers."""
        request = AWSRequest(method, self.url + path, headers=dict(headers or {}), data=body)
        SigV4Auth(self.credentials, "execute-api", self.region).add_auth(request)
        try:
            answer = _http(self.url).send(request.prepare())
        except (ConnectionError, HTTPClientError) as error:
            raise OperatorError(f"No answer: {error}", f"Does {self.url} still run?") from error
        return Answer(answer.status_code, answer.headers, answer.content)


@cache
def _http(url: str) -> URLLib3Session:
    """Through the operator's proxy and with their trust, as botocore's own clients go."""
    trust: Any = os.environ.get("AWS_CA_BUNDLE") or True
    return URLLib3Session(verify=trust, proxies=get_environ_proxies(url), timeout=PATIENCE_S, max_pool_connections=50)
