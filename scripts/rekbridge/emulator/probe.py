"""Health checks: HTTP requests to local servers."""

import http.client
import json
import urllib.error
from http import HTTPStatus

from rekbridge.support import local_http


def fetch_json(url: str, status: HTTPStatus = HTTPStatus.OK) -> dict[str, object] | None:
    """Return the JSON object of a response with this status.

    Returns None for any other response, and when nothing listens at the URL.
    """
    try:
        with _open_url(url) as response:
            body = json.load(response) if response.status == status else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return body if isinstance(body, dict) else None


def _open_url(url: str) -> http.client.HTTPResponse | urllib.error.HTTPError:
    try:
        return local_http.open_url(url, timeout_s=2)
    except urllib.error.HTTPError as error:
        # urllib raises on an error status; the exception is also the response.
        return error
