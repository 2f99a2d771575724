"""Foreign web pages get and change nothing in LocalStack, and in what it starts."""

from typing import Any

import boto3
import pytest
import requests

from tests.browser.chromium import PageServer, needs_chromium, serve_page
from tests.browser.target import NO_CHANGES, OWN_CHANGES, REGION, Target, encode_code
from tests.localstack.localstack_process import LocalStack, find_dynamodb_port

FOREIGN = [{"Origin": "http://evil.test"}, {"Origin": "null"}, {"Host": "evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
SIGNED = {
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "Authorization": "AWS4-HMAC-SHA256 "
    "Credential=a/20261127/eu-west-3/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}


@pytest.fixture(scope="module")
def target(localstack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Target:
    def create_client(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=f"http://127.0.0.1:{localstack.port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return Target(create_client, tmp_path_factory.mktemp("target"))


def build_parameters(localstack: LocalStack, host: str, name: str) -> dict[str, str]:
    return {"emulator": f"http://{host}:{localstack.port}", "name": name.replace(".", "-"), "code": encode_code()}


@pytest.mark.parametrize("path", ["/_localstack/health", "/", "/bucket/key", "/restapis/a/v1/_user_request_/x"])
@pytest.mark.parametrize("headers", FOREIGN)
def test_every_path_is_refused_before_localstack_looks_at_it(
    localstack: LocalStack, headers: dict[str, str], path: str
) -> None:
    response = requests.get(f"http://127.0.0.1:{localstack.port}{path}", headers=headers, timeout=20)
    assert (response.status_code, response.text.partition(":")[0]) == (403, "Refused")


def test_localstacks_own_site_is_refused_too(localstack: LocalStack) -> None:
    headers = {"Origin": "https://app.localstack.cloud"}
    assert requests.get(f"http://127.0.0.1:{localstack.port}/", headers=headers, timeout=20).status_code == 403


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_tls_on_the_same_port_makes_no_difference(localstack: LocalStack) -> None:
    url = f"https://127.0.0.1:{localstack.port}/_localstack/health"
    assert requests.get(url, headers={"Host": "evil.test"}, timeout=20, verify=False).status_code == 403


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("localhost", 200), ("evil.test", 404)])
def test_dynamodb_local_answers_to_local_names_only(
    localstack: LocalStack, dynamodb_local: Any, host: str, status: int
) -> None:
    port = find_dynamodb_port(localstack.process.pid)
    headers = SIGNED | {"Host": f"{host}:{port}"}
    assert requests.post(f"http://127.0.0.1:{port}/", "{}", headers=headers, timeout=20).status_code == status


def test_dynamodb_local_allows_no_page_to_name_an_operation(localstack: LocalStack, dynamodb_local: Any) -> None:
    url = f"http://127.0.0.1:{find_dynamodb_port(localstack.process.pid)}/"
    preflight = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    asked = {"Access-Control-Request-Headers": "x-amz-target,authorization"}
    assert "Access-Control-Allow-Origin" not in requests.options(url, headers=preflight | asked, timeout=20).headers


@needs_chromium
@pytest.mark.parametrize(
    ("page_host", "cloud_host"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("evil.test", "evil.test")],
)
def test_a_page_of_another_origin_reads_nothing_and_changes_nothing(
    localstack: LocalStack, target: Target, page_host: str, cloud_host: str
) -> None:
    before = target.describe()
    with serve_page() as page:
        outcomes = page.visit(page_host, **build_parameters(localstack, cloud_host, f"{page_host}-{cloud_host}"))
    assert {attempt: text for attempt, text in outcomes.items() if text is not None} == {}
    assert target.list_changes(before) == NO_CHANGES


@needs_chromium
def test_a_page_whose_name_was_rebound_to_localstack_changes_nothing(localstack: LocalStack, target: Target) -> None:
    before = target.describe()
    with serve_page("127.0.0.2", localstack.port, relay_port=localstack.port) as page:
        outcomes = page.visit("rebound.test", **build_parameters(localstack, "rebound.test", "rebound"))
    assert {text.partition(":")[0] for text in outcomes.values() if text is not None} == {"Refused"}
    assert target.list_changes(before) == NO_CHANGES


@needs_chromium
def test_a_page_that_is_allowed_does_with_localstack_what_it_wants(
    localstack: LocalStack, target: Target, own_page: PageServer
) -> None:
    before = target.describe()
    outcomes = own_page.visit("127.0.0.1", **build_parameters(localstack, "127.0.0.1", "own"))
    assert outcomes["read an object"] == "secret"
    assert target.list_changes(before) == OWN_CHANGES
