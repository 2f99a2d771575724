"""What arrives at the REST API, read by a server of the test's own; the signature is computed again by AWS's recipe."""

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
from rekbridge.api.analyze import advice, answered, ask, heading, reached, table
from rekbridge.api.client import Api
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rich.console import Console

SECRET = "wJalrXUtnFEMI"


@dataclass(frozen=True)
class Arrived:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """What arrived, and what is answered."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"code":"throttled"}'


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    told = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.arrived.append(Arrived(self.command, self.path, headers, body))
            self.send_response(told.status)
            self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(told.answer)))
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        told.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield told
        server.shutdown()


def api(gateway: Gateway) -> Api:
    return Api(gateway.url, "eu-west-3", Credentials("AKID", SECRET, "a session"))


def signature(arrived: Arrived, signed: list[str]) -> str:
    """AWS: create a signed AWS API request."""
    path, _, query = arrived.path.partition("?")
    canonical = "\n".join(
        [
            arrived.method,
            quote(path),
            query,
            *(f"{name}:{arrived.headers[name]}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(arrived.body).hexdigest(),
        ]
    )
    day = arrived.headers["x-amz-date"][:8]
    scope = [day, "eu-west-3", "execute-api", "aws4_request"]
    told = [
        "AWS4-HMAC-SHA256",
        arrived.headers["x-amz-date"],
        "/".join(scope),
        hashlib.sha256(canonical.encode()).hexdigest(),
    ]
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, "\n".join(told).encode(), "sha256").hex()


def test_a_request_is_signed_as_aws_checks_it(gateway: Gateway) -> None:
    api(gateway).request("POST", "/analyze/protective-equipment", b"\xff\xd8", {"Content-Type": "image/jpeg"})
    (arrived,) = gateway.arrived
    authorization = dict(part.split("=", 1) for part in arrived.headers["authorization"].split(" ", 1)[1].split(", "))
    signed = authorization["SignedHeaders"].split(";")
    assert {"content-type", "host", "x-amz-date", "x-amz-security-token"} <= set(signed)
    assert authorization["Signature"] == signature(arrived, signed)


def test_a_refusal_is_an_answer_too(gateway: Gateway) -> None:
    gateway.status = 429
    answer = api(gateway).request("POST", "/uploads", b"{}")
    assert (answer.status, answer.headers["retry-after"], answer.json()) == (429, "7", {"code": "throttled"})


def test_where_nothing_answers_the_operator_is_told_where() -> None:
    nobody = Api("http://127.0.0.1:9/v1", "eu-west-3", Credentials("AKID", SECRET))
    with pytest.raises(OperatorError) as told:
        nobody.request("GET", "/health")
    assert "http://127.0.0.1:9/v1" in told.value.next_step


def test_the_operators_proxy_is_used(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", gateway.url.removesuffix("/v1"))
    Api("http://far.invalid/v1", "eu-west-3", Credentials("any", SECRET)).request("POST", "/analyze/labels", b"{}")
    assert [arrived.path for arrived in gateway.arrived] == ["http://far.invalid/v1/analyze/labels"]


def deployed(target: str) -> Deployed:
    told = {
        "target": target,
        "regions": {"home": "eu-west-3"},
        "api": {"id": "a1b2", "stage": "v1", "url": "https://a1b2.execute-api.eu-west-3.amazonaws.com/v1"},
    }
    endpoint = SimpleNamespace(meta=SimpleNamespace(endpoint_url="http://127.0.0.1:4566"))
    return Deployed(told, lambda service, region: endpoint)


def test_aws_serves_an_api_under_a_name_of_its_own() -> None:
    assert deployed("aws").api_url == "https://a1b2.execute-api.eu-west-3.amazonaws.com/v1"


def test_an_emulator_serves_every_api_below_its_own_address() -> None:
    assert deployed("ministack").api_url == "http://127.0.0.1:4566/_aws/execute-api/a1b2/v1"


def test_where_nothing_was_deployed_the_operator_is_told_to_deploy(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as told:
        reached(Terraform(tmp_path, {}, {"target": "aws"}))
    assert "rekbridge deploy" in told.value.next_step


def test_a_refusal_is_told_in_the_apis_words_and_with_its_request(gateway: Gateway) -> None:
    gateway.status, gateway.answer = 404, b'{"code":"gone","message":"No such key.","request_id":"r-1"}'
    with pytest.raises(OperatorError, match=r"gone: No such key\.") as told:
        answered(api(gateway), "labels", ["anna/cat.jpg"])
    assert "r-1" in told.value.next_step


@pytest.mark.parametrize("answer", [b'{"message":"Forbidden"}', b"<html>", b"[]", b""])
@pytest.mark.parametrize("status", [200, 403])
def test_an_answer_that_is_not_ours_is_told_as_such(gateway: Gateway, status: int, answer: bytes) -> None:
    gateway.status, gateway.answer = status, answer
    with pytest.raises(OperatorError, match="is no Rekbridge") as told:
        answered(api(gateway), "labels", ["anna/cat.jpg"])
    assert "rekbridge deploy" in told.value.next_step


def test_a_file_goes_as_it_is(gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG")
    ask(api(gateway), "labels", [str(picture)])
    (arrived,) = gateway.arrived
    assert (arrived.path, arrived.headers["content-type"], arrived.body) == (
        "/v1/analyze/labels",
        "image/png",
        b"\x89PNG",
    )


def test_what_is_no_file_is_a_key(gateway: Gateway) -> None:
    ask(api(gateway), "labels", ["anna/cat 1.png"])
    (arrived,) = gateway.arrived
    assert json.loads(arrived.body) == {"Image": {"S3Object": {"Name": "anna/cat 1.png"}}}


def test_two_images_go_in_one_request(gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / "anna.jpg"
    picture.write_bytes(b"\xff\xd8")
    ask(api(gateway), "compare-faces", [str(picture), "anna/group.jpg"])
    (arrived,) = gateway.arrived
    assert json.loads(arrived.body) == {
        "SourceImage": {"Bytes": "/9g="},
        "TargetImage": {"S3Object": {"Name": "anna/group.jpg"}},
    }


def test_too_few_images_are_told_before_anything_is_sent(gateway: Gateway) -> None:
    with pytest.raises(OperatorError) as told:
        ask(api(gateway), "compare-faces", ["anna/group.jpg"])
    assert "SourceImage and TargetImage" in told.value.next_step
    assert gateway.arrived == []


def test_one_file_of_two_is_too_few_as_well(gateway: Gateway, tmp_path: Path) -> None:
    picture = tmp_path / "anna.jpg"
    picture.write_bytes(b"\xff\xd8")
    with pytest.raises(OperatorError, match="compare-faces takes 2 images, not 1"):
        ask(api(gateway), "compare-faces", [str(picture)])


def test_an_operation_is_one_part_of_the_path_whatever_is_in_it(gateway: Gateway) -> None:
    ask(api(gateway), "a/b?c", ["anna/cat.png"])
    assert [arrived.path for arrived in gateway.arrived] == ["/v1/analyze/a%2Fb%3Fc"]


def test_an_operation_that_only_the_api_can_know_is_asked_for(gateway: Gateway) -> None:
    ask(api(gateway), "smells", ["anna/cat.png"])
    assert [arrived.path for arrived in gateway.arrived] == ["/v1/analyze/smells"]


def test_a_file_that_is_not_there_is_told_to_have_been_taken_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"\x89PNG")
    gone = {"code": "gone", "message": "not in the media bucket", "request_id": "7"}
    assert "cta.png. It was request 7." in advice(gone, ["cta.png"])
    assert advice(gone, [str(tmp_path / "cat.png")]) == "It was request 7."


def test_what_is_too_large_to_send_can_be_uploaded(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"\x89PNG")
    large = {"code": "request-too-large", "message": "a request carries less", "request_id": "7"}
    assert "name its key here" in advice(large, [str(tmp_path / "cat.png")])


TOLD = {
    "Labels": [{"Name": "Cat [tabby]", "Confidence": 98.76, "Instances": []}, {"Name": "Sofa", "Confidence": 70}],
    "Rekbridge": {"region": "eu-west-1", "cached": False, "waited_ms": 12, "called_ms": 1300},
}


def test_an_answer_is_a_line_for_each_thing() -> None:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(table("labels", TOLD))
    _, _, *lines = [line.split() for line in capture.get().splitlines() if line.strip()]
    assert lines == [["Cat", "[tabby]", "98.8"], ["Sofa", "70"]]


def test_an_answer_tells_where_it_comes_from_and_how_long_it_took() -> None:
    assert heading("labels", TOLD) == "labels · eu-west-1 · waited 12 ms, called 1,300 ms"
    known = TOLD | {"Rekbridge": {"region": "eu-west-1", "cached": True, "waited_ms": 0, "called_ms": 0}}
    assert heading("labels", known) == "labels · eu-west-1 · known before"
