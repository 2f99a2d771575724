"""Asking a local server how it is."""

import http.client
import json
import urllib.error
import urllib.request
from http import HTTPStatus

# Never through a proxy of the operator's.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answer(url: str, status: HTTPStatus = HTTPStatus.OK) -> dict[str, object] | None:
    """The JSON object that it answers with this status; None when it answers nothing such, or does not listen yet."""
    try:
        with _opened(url) as found:
            body = json.load(found) if found.status == status else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return body if isinstance(body, dict) else None


def _opened(url: str) -> http.client.HTTPResponse | urllib.error.HTTPError:
    try:
        found: http.client.HTTPResponse = _DIRECTLY.open(url, timeout=2)
    except urllib.error.HTTPError as refused:
        # An answer like any other, but that urllib raises it.
        return refused
    return found
