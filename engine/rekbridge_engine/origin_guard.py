"""Refuses what a web page may send to the local cloud: it runs code as the developer, and any page reaches its ports.

Imports only the standard library, because three processes use it: the engine, MiniStack's and LocalStack's.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

type Headers = Iterable[tuple[bytes, bytes]]
type AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

# Always this machine, so no page can have such a name (DNS rebinding). Buckets and APIs have names before `localhost`.
# Over plain HTTP, browsers send Sec-Fetch-Site only to these hosts.
_LOOPBACK = re.compile(r"(127(\.\d{1,3}){3}|\[::1\]|([a-z0-9_-]+\.)*localhost)(:\d+)?")
# LocalStack's public name for 127.0.0.1, which LocalStack puts into addresses, such as those of queues.
_LOCALSTACK = re.compile(r"([a-z0-9_-]+\.)*localhost\.localstack\.cloud(:\d+)?")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d+)?(?=[/?#]|$)")
_PORT = re.compile(r":\d+$")
_USED_HEADERS = frozenset({b"host", b"origin", b"referer", b"sec-fetch-site", b"user-agent"})
_ALLOW = "If it is yours, let it use the emulator: rekbridge cloud down, then: rekbridge cloud up --allow-origin ORIGIN"
_OPEN = "If you want to see it, paste the address into the browser's address bar, with 127.0.0.1 as its host."


@dataclass(frozen=True, slots=True)
class OriginPolicy:
    """Which pages may send requests, by their origins, and by which names beside the loopback ones a server is called.

    The server's own origin is no exception: the objects of buckets are served from it, whoever has uploaded them.
    """

    allowed_origins: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def find_refusal(self, method: str, query: bytes, headers: Headers) -> str | None:
        """Return why a request is refused, as a text for the developer; None if it is accepted.

        The names of `headers` are in lower case.
        """
        values: dict[bytes, list[str]] = {}
        for name, value in headers:
            if name in _USED_HEADERS:
                values.setdefault(name, []).append(value.decode("latin-1").lower())
        hosts = values.get(b"host", [])
        if not hosts or not all(self._is_local(host) for host in hosts):
            return "Refused: this host name is not one of the local cloud's. Use 127.0.0.1 or localhost."
        if pages := values.get(b"origin") or [_get_origin(url) for url in values.get(b"referer", [])]:
            foreign = next((page for page in pages if page not in self.allowed_origins), None)
            return None if foreign is None else f"Refused: {_describe(foreign)} may not use the local cloud. {_ALLOW}"
        return self._find_refusal_without_page(method, query, values)

    def _find_refusal_without_page(self, method: str, query: bytes, values: dict[bytes, list[str]]) -> str | None:
        """Judge a request that names no page: of a program, or of a browser that does not tell which page it is."""
        sites = values.get(b"sec-fetch-site")
        if sites is None:
            is_browser = any(agent.startswith("mozilla/") for agent in values.get(b"user-agent", []))
            if is_browser and not all(_LOOPBACK.fullmatch(host) for host in values[b"host"]):
                return f"Refused: to this host name, the browser does not say which page sends the request. {_OPEN}"
            return None
        if sites != ["none"]:
            return f"Refused: a page that hides its address may not use the local cloud. {_OPEN}"
        # An address that the user has opened. A page may have redirected there: nothing that a GET changes.
        names = {name.lower() for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
        if method not in {"GET", "HEAD"} or "action" in names:
            return "Refused: a browser may not call an AWS action by its address."
        return None

    def _is_local(self, host: str) -> bool:
        is_named = _LOOPBACK.fullmatch(host) or _LOCALSTACK.fullmatch(host)
        return bool(is_named) or _PORT.sub("", host) in self.hosts


class OriginGuard:
    """An ASGI application that passes on what the policy accepts, and answers everything else with 403."""

    def __init__(self, app: AsgiApp, policy: OriginPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection of any type. The lifespan is passed on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        method = scope.get("method", "GET")
        refusal = self._policy.find_refusal(method, scope["query_string"], scope["headers"])
        if refusal is None:
            await self._app(scope, receive, _restrict_cors(scope["headers"], send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = f"{refusal}\n".encode()
            await send({"type": "http.response.start", "status": 403, "headers": build_refusal_headers(body)})
            await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def encode_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return headers in ASGI's form: bytes, and the names in lower case."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]


def build_refusal_headers(body: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of a refusal. None of them lets a page read it."""
    return [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]


def _restrict_cors(headers: Headers, send: Any) -> Any:
    """Return a `send` that names the accepted page wherever the application permits every page (`*`)."""
    origin = next((value for name, value in headers if name == b"origin"), None)

    async def send_restricted(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = message | {"headers": _replace_any_origin(message.get("headers", ()), origin)}
        await send(message)

    return send_restricted


def _replace_any_origin(headers: Headers, origin: bytes | None) -> list[tuple[bytes, bytes]]:
    replaced = []
    for name, value in headers:
        if value != b"*" or name.lower() != b"access-control-allow-origin":
            replaced.append((name, value))
        elif origin is not None:
            replaced += [(name, origin), (b"vary", b"Origin")]
    return replaced


def _get_origin(url: str) -> str:
    origin = _ORIGIN.match(url)
    return origin[0] if origin else ""


def _describe(page: str) -> str:
    return f"the page {page}" if _ORIGIN.fullmatch(page) else "a page without an origin of its own"
