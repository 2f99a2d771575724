"""HTTP requests to servers on this machine. They never go through the operator's proxy."""

import json
import urllib.request
from http.client import HTTPResponse
from typing import Any

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_url(request: str | urllib.request.Request, timeout_s: float) -> HTTPResponse:
    """Send a request and return the open response.

    Raises urllib.error.HTTPError (which is a response, too) for status 400 and above, and OSError when nothing answers.
    """
    response: HTTPResponse = _OPENER.open(request, timeout=timeout_s)
    return response


def send_json(method: str, url: str, body: Any = None, timeout_s: float = 10) -> Any:
    """Send `body` as JSON, or no body if it is None. Returns the decoded response, or None if it is empty."""
    data = None if body is None else json.dumps(body).encode()
    with open_url(urllib.request.Request(url, data, method=method), timeout_s) as response:
        text = response.read()
    return json.loads(text) if text else None
