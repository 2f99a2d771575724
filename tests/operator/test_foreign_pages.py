"""Web pages in a real browser, and a local cloud on the same machine: foreign ones get and change nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rekbridge.emulator import LocalCloud

from tests.browser import chromium
from tests.browser.chromium import PageServer
from tests.browser.target import NO_CHANGES, OWN_CHANGES, REGION, Target, encode_code

pytestmark = chromium.needs_chromium


@pytest.fixture(scope="module")
def own_page() -> Iterator[PageServer]:
    with chromium.serve_page() as server:
        yield server


@pytest.fixture(scope="module")
def cloud(own_page: PageServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud that accepts one page."""
    origin = f"http://127.0.0.1:{own_page.server_port}"
    with LocalCloud.start_private(tmp_path_factory.mktemp("cloud"), allowed_origins=[origin]) as private:
        yield private


@pytest.fixture(scope="module")
def target(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Target:
    target = Target(lambda service: cloud.client(service, REGION), tmp_path_factory.mktemp("target"))
    target.create_websocket_api()
    return target


@pytest.fixture
def foreign_page() -> Iterator[PageServer]:
    with chromium.serve_page() as server:
        yield server


def build_parameters(cloud: LocalCloud, target: Target, name: str, host: str = "127.0.0.1") -> dict[str, str]:
    emulator, engine = (urlsplit(url).port for url in (cloud.endpoint, cloud.engine_url))
    urls = {"emulator": f"http://{host}:{emulator}", "engine": f"http://{host}:{engine}"}
    return urls | {"name": name.replace(".", "-"), "api": target.api, "code": encode_code()}


def has_fault(cloud: LocalCloud) -> bool:
    """Whether the local Rekognition throttles the next call, instead of refusing an image that is none."""
    client = cloud.client("rekognition", "eu-west-1")
    with pytest.raises(client.exceptions.ClientError) as error:
        client.detect_text(Image={"Bytes": b"x"})
    return bool(error.value.response["Error"]["Code"] != "InvalidImageFormatException")


@pytest.mark.parametrize(
    ("page_host", "cloud_host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("evil.test", "127.0.0.1"),
        ("evil.test", "evil.test"),
    ],
)
def test_a_page_of_another_origin_reads_nothing_and_changes_nothing(
    cloud: LocalCloud, target: Target, foreign_page: PageServer, page_host: str, cloud_host: str
) -> None:
    before = target.describe()
    outcomes = foreign_page.visit(page_host, **build_parameters(cloud, target, f"{page_host}-{cloud_host}", cloud_host))
    assert {attempt: text for attempt, text in outcomes.items() if text is not None} == {}
    assert (target.list_changes(before), has_fault(cloud)) == (NO_CHANGES, False)


def test_a_page_whose_name_was_rebound_to_the_local_cloud_changes_nothing(cloud: LocalCloud, target: Target) -> None:
    before = target.describe()
    parameters = build_parameters(cloud, target, "rebound", "rebound.test")
    with ExitStack() as servers:
        for url, server in ((cloud.endpoint, "emulator"), (cloud.engine_url, "engine")):
            port = urlsplit(url).port or 0
            page = servers.enter_context(chromium.serve_page("127.0.0.2", port, relay_port=port))
            other = "engine" if server == "emulator" else "emulator"
            outcomes = page.visit("rebound.test", **{k: value for k, value in parameters.items() if k != other})
            read = {text.partition(":")[0] for text in outcomes.values() if text is not None}
            assert read == {"Refused"}, outcomes
    assert (target.list_changes(before), has_fault(cloud)) == (NO_CHANGES, False)


def test_an_address_that_the_user_types_is_answered(cloud: LocalCloud, target: Target) -> None:
    url = cloud.client("s3", REGION).generate_presigned_url("get_object", {"Bucket": "victim", "Key": "kept"})
    assert "secret" in chromium.load_text(url)


def test_a_page_that_is_allowed_does_with_the_emulator_what_it_wants(
    cloud: LocalCloud, target: Target, own_page: PageServer, tmp_path: Path
) -> None:
    before = target.describe()
    outcomes = own_page.visit("127.0.0.1", **build_parameters(cloud, target, "own"))
    assert (outcomes["read an object"], outcomes["open a web socket"]) == ("secret", "open")
    # Everything but what hides the page: an image without a referrer, a sandbox, a host name of no one (0.0.0.0).
    assert target.list_changes(before) == OWN_CHANGES
    assert not has_fault(cloud)
