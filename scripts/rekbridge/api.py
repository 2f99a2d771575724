"""The REST API of a deployment: requests signed as AWS wants them (Signature Version 4), answers whatever they say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionError, HTTPClientError
from botocore.httpsession import URLLib3Session

from rekbridge.errors import OperatorError

# API Gateway itself gives up after 29 seconds.
HTTP = URLLib3Session(timeout=35, max_pool_connections=50)


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
            answer = HTTP.send(request.prepare())
        except (ConnectionError, HTTPClientError) as error:
            raise OperatorError(f"No answer: {error}", f"Does {self.url} still run?") from error
        return Answer(answer.status_code, answer.headers, answer.content)
