"""The requests of the API client, received by a local server. The signature is computed again as AWS documents."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from botocore.credentials import Credentials
from rekbridge.api.analyze import build_table, format_advice, format_heading, open_api, request_analysis, send_images
from rekbridge.api.client import ApiClient
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rich.console import Console

SECRET = "wJalrXUtnFEMI"


@dataclass(frozen=True)
class ReceivedRequest:
    """A received request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """The received requests, and the response to all of them."""

    url: str = ""
    received: list[ReceivedRequest] = field(default_factory=list)
    status: int = 200
    response: bytes = b'{"code":"throttled"}'


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class FakeApiHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.received.append(ReceivedRequest(self.command, self.path, headers, body))
            self.send_response(gateway.status)
            self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(gateway.response)))
            self.end_headers()
            self.wfile.write(gateway.response)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), FakeApiHandler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        gateway.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield gateway
        server.shutdown()


def create_api(gateway: Gateway) -> ApiClient:
    return ApiClient(gateway.url, "eu-west-3", Credentials("AKID", SECRET, "a session"))


def compute_signature(request: ReceivedRequest, signed: list[str]) -> str:
    """Compute the signature. See AWS: create a signed AWS API request."""
    path, _, query = request.path.partition("?")
    canonical = "\n".join(
        [
            request.method,
            quote(path),
            query,
            *(f"{name}:{request.headers[name]}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    day = request.headers["x-amz-date"][:8]
    scope = [day, "eu-west-3", "execute-api", "aws4_request"]
    string_to_sign = [
        "AWS4-HMAC-SHA256",
        request.headers["x-amz-date"],
        "/".join(scope),
        hashlib.sha256(canonical.encode()).hexdigest(),
    ]
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, "\n".join(string_to_sign).encode(), "sha256").hex()


def test_a_request_is_signed_as_aws_checks_it(gateway: Gateway) -> None:
    create_api(gateway).request("POST", "/analyze/protective-equipment", b"\xff\xd8", {"Content-Type": "image/jpeg"})
    (request,) = gateway.received
    authorization = dict(part.split("=", 1) for part in request.headers["authorization"].split(" ", 1)[1].split(", "))
    signed = authorization["SignedHeaders"].split(";")
    assert {"content-type", "host", "x-amz-date", "x-amz-security-token"} <= set(signed)
    assert authorization["Signature"] == compute_signature(request, signed)


def test_an_error_response_is_returned(gateway: Gateway) -> None:
    gateway.status = 429
    response = create_api(gateway).request("POST", "/uploads", b"{}")
    assert (response.status, response.headers["retry-after"], response.json()) == (429, "7", {"code": "throttled"})


def test_without_a_server_the_error_names_the_address() -> None:
    client = ApiClient("http://127.0.0.1:9/v1", "eu-west-3", Credentials("AKID", SECRET))
    with pytest.raises(OperatorError) as raised:
        client.request("GET", "/health")
    assert "http://127.0.0.1:9/v1" in raised.value.next_step


def test_the_operators_proxy_is_used(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", gateway.url.removesuffix("/v1"))
    ApiClient("http://far.invalid/v1", "eu-west-3", Credentials("any", SECRET)).request(
        "POST", "/analyze/labels", b"{}"
    )
    assert [request.path for request in gateway.received] == ["http://far.invalid/v1/analyze/labels"]


def create_deployment(target: str) -> Deployment:
    output = {
        "target": target,
        "regions": {"home": "eu-west-3"},
        "api": {"id": "a1b2", "stage": "v1", "url": "https://a1b2.execute-api.eu-west-3.amazonaws.com/v1"},
    }
    endpoint = SimpleNamespace(meta=SimpleNamespace(endpoint_url="http://127.0.0.1:4566"))
    return Deployment(output, lambda service, region: endpoint)


def test_aws_serves_an_api_under_a_name_of_its_own() -> None:
    assert create_deployment("aws").api_url == "https://a1b2.execute-api.eu-west-3.amazonaws.com/v1"


def test_an_emulator_serves_every_api_below_its_own_address() -> None:
    assert create_deployment("ministack").api_url == "http://127.0.0.1:4566/_aws/execute-api/a1b2/v1"


def test_without_a_deployment_the_error_says_to_deploy(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as raised:
        open_api(Terraform(tmp_path, {}, {"target": "aws"}))
    assert "rekbridge deploy" in raised.value.next_step


def test_a_refusal_is_raised_with_the_apis_message_and_the_request_id(gateway: Gateway) -> None:
    gateway.status, gateway.response = 404, b'{"code":"gone","message":"No such key.","request_id":"r-1"}'
    with pytest.raises(OperatorError, match=r"gone: No such key\.") as raised:
        request_analysis(create_api(gateway), "labels", ["anna/cat.jpg"])
    assert "r-1" in raised.value.next_step


@pytest.mark.parametrize("body", [b'{"message":"Forbidden"}', b"<html>", b"[]", b""])
@pytest.mark.parametrize("status", [200, 403])
def test_a_response_of_another_service_is_reported_as_such(gateway: Gateway, status: int, body: bytes) -> None:
    gateway.status, gateway.response = status, body
    with pytest.raises(OperatorError, match="No Rekbridge API") as raised:
        request_analysis(create_api(gateway), "labels", ["anna/cat.jpg"])
    assert "rekbridge deploy" in raised.value.next_step


def test_api_gateways_plain_text_about_more_than_10_mb_becomes_advice(gateway: Gateway, tmp_path: Path) -> None:
    """AWS's own body: no gateway response replaces it."""
    gateway.status, gateway.response = 413, b"HTTP content length exceeded 10485760 bytes."
    (tmp_path / "large.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(OperatorError, match="too large to be sent in a request") as raised:
        request_analysis(create_api(gateway), "labels", [str(tmp_path / "large.jpg")])
    assert "name its key here" in raised.value.next_step
    assert "rekbridge deploy" not in raised.value.next_step


@pytest.mark.parametrize("name", ["cat.png", "shot.txt", "data.json", "clip.mov", "scan.pdf", "noext", "page.html"])
def test_a_file_is_sent_as_the_body_whatever_its_name(name: str, gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / name
    picture.write_bytes(b"\x89PNG")
    send_images(create_api(gateway), "labels", [str(picture)])
    (request,) = gateway.received
    assert (request.path, request.headers["content-type"], request.body) == (
        "/v1/analyze/labels",
        "application/octet-stream",
        b"\x89PNG",
    )


def test_an_argument_that_is_no_file_is_sent_as_a_key(gateway: Gateway) -> None:
    send_images(create_api(gateway), "labels", ["anna/cat 1.png"])
    (request,) = gateway.received
    assert json.loads(request.body) == {"Image": {"S3Object": {"Name": "anna/cat 1.png"}}}


def test_two_images_are_sent_in_one_request(gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / "anna.jpg"
    picture.write_bytes(b"\xff\xd8")
    send_images(create_api(gateway), "compare-faces", [str(picture), "anna/group.jpg"])
    (request,) = gateway.received
    assert json.loads(request.body) == {
        "SourceImage": {"Bytes": "/9g="},
        "TargetImage": {"S3Object": {"Name": "anna/group.jpg"}},
    }


def test_too_few_images_are_refused_before_anything_is_sent(gateway: Gateway) -> None:
    with pytest.raises(OperatorError) as raised:
        send_images(create_api(gateway), "compare-faces", ["anna/group.jpg"])
    assert "SourceImage and TargetImage" in raised.value.next_step
    assert gateway.received == []


def test_one_file_of_two_is_too_few_as_well(gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / "anna.jpg"
    picture.write_bytes(b"\xff\xd8")
    with pytest.raises(OperatorError, match="compare-faces takes 2 images, not 1"):
        send_images(create_api(gateway), "compare-faces", [str(picture)])


def test_an_operation_is_escaped_into_one_part_of_the_path(gateway: Gateway) -> None:
    send_images(create_api(gateway), "a/b?c", ["anna/cat.png"])
    assert [request.path for request in gateway.received] == ["/v1/analyze/a%2Fb%3Fc"]


def test_an_unknown_operation_is_sent_to_the_api(gateway: Gateway) -> None:
    send_images(create_api(gateway), "smells", ["anna/cat.png"])
    assert [request.path for request in gateway.received] == ["/v1/analyze/smells"]


def test_the_advice_names_arguments_that_were_sent_as_keys(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"\x89PNG")
    gone = {"code": "gone", "message": "not in the media bucket", "request_id": "7"}
    assert "cta.png. Request id: 7" in format_advice(gone, ["cta.png"])
    assert format_advice(gone, [str(tmp_path / "cat.png")]) == "Request id: 7"


def test_the_advice_for_a_large_file_is_to_upload_it(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"\x89PNG")
    large = {"code": "request-too-large", "message": "a request carries less", "request_id": "7"}
    assert "name its key here" in format_advice(large, [str(tmp_path / "cat.png")])


RESPONSE = {
    "Labels": [{"Name": "Cat [tabby]", "Confidence": 98.76, "Instances": []}, {"Name": "Sofa", "Confidence": 70}],
    "Rekbridge": {"region": "eu-west-1", "cached": False, "waited_ms": 12, "called_ms": 1300},
}


def test_a_result_has_a_line_for_each_item() -> None:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(build_table("labels", RESPONSE))
    _, _, *lines = [line.split() for line in capture.get().splitlines() if line.strip()]
    assert lines == [["Cat", "[tabby]", "98.8"], ["Sofa", "70"]]


def test_the_heading_has_region_and_times() -> None:
    assert format_heading("labels", RESPONSE) == "labels · eu-west-1 · waited 12 ms, called 1,300 ms"
    cached = RESPONSE | {"Rekbridge": {"region": "eu-west-1", "cached": True, "waited_ms": 0, "called_ms": 0}}
    assert format_heading("labels", cached) == "labels · eu-west-1 · cached"
