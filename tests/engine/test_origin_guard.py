"""Which requests the servers of the local cloud accept: the policy, and the middleware that applies it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from rekbridge_engine.origin_guard import OriginGuard, OriginPolicy

OWN_PAGE = "http://127.0.0.1:5173"
POLICY = OriginPolicy(frozenset({OWN_PAGE}), frozenset({"172.17.0.1", "host.docker.internal"}))
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
# As boto3, Terraform, curl and locust send them, to the addresses that the emulators hand out.
HOSTS_OF_PROGRAMS = [
    "127.0.0.1:4566",
    "127.0.0.1",
    "localhost:4566",
    "LOCALHOST:4566",
    "[::1]:4566",
    "media.localhost:4566",
    "my.media_bucket.s3.eu-west-3.localhost:4566",
    "a1b2c3d4.execute-api.localhost:4566",
    "sqs.eu-west-3.localhost.localstack.cloud:4566",
    "s3.localhost.localstack.cloud",
    "172.17.0.1:4690",
    "host.docker.internal:4690",
]
FOREIGN_HOSTS = [
    "evil.test:4566",
    "evil.test",
    "localhost.evil.test:4566",
    "evil-localhost",
    "localhostx:4566",
    "localhost.localstack.cloud.evil.test",
    "127.0.0.1.evil.test",
    "127.0.0.1:4566.evil.test",
    "evil.test:127.0.0.1",
    "127.0.0.1@evil.test",
    # Linux accepts it for this machine, and browsers send no Sec-Fetch-Site there.
    "0.0.0.0:4566",
    "192.168.0.2:4566",
    "172.17.0.1.evil.test:4690",
    "",
]
FOREIGN_PAGES = [
    "https://evil.test",
    "http://127.0.0.1:5174",
    "http://localhost:5173",
    "https://127.0.0.1:5173",
    "http://127.0.0.1:5173.evil.test",
    # Files and sandboxed frames.
    "null",
    "file://",
    "",
    # The emulator itself: it serves the objects of buckets.
    "http://127.0.0.1:4566",
    "https://app.localstack.cloud",
]


def find_refusal(
    headers: Mapping[str, str] | None = None, method: str = "GET", query: str = "", host: str = "127.0.0.1:4566"
) -> str | None:
    raw = {"Host": host} | dict(headers or {})
    pairs = [(name.lower().encode(), value.encode()) for name, value in raw.items()]
    return POLICY.find_refusal(method, query.encode(), pairs)


@pytest.mark.parametrize("host", HOSTS_OF_PROGRAMS)
def test_a_program_is_accepted_at_every_local_name(host: str) -> None:
    assert find_refusal({"User-Agent": "Boto3/1.43"}, "POST", host=host) is None


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused(host: str) -> None:
    assert "127.0.0.1 or localhost" in (find_refusal(host=host) or "")


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_an_accepted_page_does_not_make_a_foreign_host_acceptable(host: str) -> None:
    assert find_refusal({"Origin": OWN_PAGE}, host=host) is not None


def test_a_request_without_a_host_is_refused() -> None:
    assert POLICY.find_refusal("GET", b"", []) is not None


def test_a_second_host_must_be_local_too() -> None:
    assert POLICY.find_refusal("GET", b"", [(b"host", b"localhost"), (b"host", b"evil.test")]) is not None


@pytest.mark.parametrize("page", FOREIGN_PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "CONNECT"])
def test_a_foreign_page_is_refused(page: str, method: str) -> None:
    assert "--allow-origin" in (find_refusal({"Origin": page}, method) or "")


@pytest.mark.parametrize("page", FOREIGN_PAGES)
def test_a_page_is_known_by_its_address_where_browsers_send_no_origin(page: str) -> None:
    assert find_refusal({"Referer": f"{page}/album?page=1"}) is not None


def test_a_second_origin_must_be_accepted_too() -> None:
    headers = [(b"host", b"localhost"), (b"origin", OWN_PAGE.encode()), (b"origin", b"http://evil.test")]
    assert POLICY.find_refusal("GET", b"", headers) is not None


@pytest.mark.parametrize("header", [{"Origin": OWN_PAGE}, {"Referer": f"{OWN_PAGE}/album"}, {"Referer": OWN_PAGE}])
def test_an_accepted_page_may_send_requests_and_show_images(header: dict[str, str]) -> None:
    assert find_refusal(BROWSER | header | {"Sec-Fetch-Site": "same-site"}) is None


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "anything"])
def test_a_page_that_hides_its_address_is_refused(site: str) -> None:
    assert "address bar" in (find_refusal({"Sec-Fetch-Site": site}) or "")


def test_an_address_that_the_user_opens_is_answered() -> None:
    assert find_refusal(BROWSER | {"Sec-Fetch-Site": "none"}, query="X-Amz-Signature=1&X-Amz-Date=2") is None


@pytest.mark.parametrize(
    "query", ["Action=CreateStack", "Version=1&Action=CreateStack", "%41ction=x", "action=", "a&Action=b"]
)
def test_an_action_is_not_called_by_an_address_because_a_page_may_have_redirected_there(query: str) -> None:
    assert find_refusal({"Sec-Fetch-Site": "none"}, query=query) is not None


def test_a_browser_opens_addresses_only_to_read() -> None:
    assert find_refusal({"Sec-Fetch-Site": "none"}, "POST") is not None


@pytest.mark.parametrize("host", ["s3.localhost.localstack.cloud:4566", "172.17.0.1:4690"])
def test_a_browser_is_refused_at_a_name_for_which_it_does_not_say_where_requests_come_from(host: str) -> None:
    assert find_refusal(BROWSER, host=host) is not None
    assert find_refusal(BROWSER | {"Origin": OWN_PAGE}, host=host) is None


def test_a_refusal_shows_no_text_that_is_not_an_origin() -> None:
    assert "$(touch" not in (find_refusal({"Origin": "http://a/$(touch x)"}) or "$(touch")


def run_request(headers: Mapping[str, str], method: str = "GET", kind: str = "http") -> tuple[list[Any], list[str]]:
    """Send one request through the middleware. Returns the messages sent, and which paths reached the application."""
    sent: list[Any] = []
    reached: list[str] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        answer = [(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Methods", b"PUT"), (b"etag", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": answer})
        await send({"type": "http.response.body", "body": b"secret"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    raw = [(name.lower().encode(), value.encode()) for name, value in ({"Host": "localhost"} | dict(headers)).items()]
    scope = {"type": kind, "path": "/", "query_string": b"", "headers": raw}
    asyncio.run(OriginGuard(app, POLICY)(scope | ({"method": method} if kind == "http" else {}), receive, send))
    return sent, reached


def list_cors_headers(sent: list[Any]) -> dict[str, str]:
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return {name: value for name, value in headers.items() if name.startswith("access-control") or name == "vary"}


def test_what_is_refused_does_not_reach_the_application() -> None:
    sent, reached = run_request({"Origin": "http://evil.test"}, "POST")
    assert (sent[0]["status"], reached, sent[1]["body"][:8]) == (403, [], b"Refused:")


def test_a_refusal_cannot_be_read_by_the_page() -> None:
    assert list_cors_headers(run_request({"Origin": "http://evil.test"}, "OPTIONS")[0]) == {}


def test_a_refused_head_request_has_no_body() -> None:
    assert run_request({"Origin": "http://evil.test"}, "HEAD")[0][1]["body"] == b""


def test_a_foreign_websocket_is_closed_before_it_is_accepted() -> None:
    sent, reached = run_request({"Origin": "http://evil.test"}, kind="websocket")
    assert ([message["type"] for message in sent], reached) == (["websocket.close"], [])


def test_an_accepted_page_is_named_where_the_application_permits_all() -> None:
    sent, _ = run_request({"Origin": OWN_PAGE})
    assert list_cors_headers(sent)["access-control-allow-origin"] == OWN_PAGE
    assert list_cors_headers(sent)["vary"] == "Origin"


def test_no_page_is_permitted_where_none_asks() -> None:
    assert list_cors_headers(run_request({})[0]) == {"access-control-allow-methods": "PUT"}
