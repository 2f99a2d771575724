"""`rekbridge analyze` against the deployed API."""

import json
from pathlib import Path

import pytest
from rekbridge.api.analyze import open_api, print_response, request_analysis
from rekbridge.api.client import ApiClient
from rekbridge.support.errors import OperatorError
from rekbridge.testing import Stack

from tests.integration.sample_images import make_image


@pytest.fixture
def api(stack: Stack) -> ApiClient:
    return open_api(stack.terraform)


def test_a_file_is_analysed_and_printed_as_a_table_and_as_json(
    api: ApiClient, owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "portrait.jpg"
    file.write_bytes(make_image(owner))

    print_response("labels", request_analysis(api, "labels", [str(file)]), as_json=False)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("labels · eu-central-1 · waited ")
    assert {"Face", "Person"} <= {line.split()[0] for line in lines if line.strip()}

    print_response("labels", request_analysis(api, "labels", [str(file)]), as_json=True)
    assert json.loads(capsys.readouterr().out)["Rekbridge"]["cached"]


def test_an_empty_result_is_reported(
    api: ApiClient, owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nobody.png"
    file.write_bytes(make_image(owner))
    print_response("moderation", request_analysis(api, "moderation", [str(file)]), as_json=False)
    assert capsys.readouterr().out.splitlines()[1:] == ["Nothing was found."]


def test_an_error_has_the_apis_code_and_message(api: ApiClient, owner: str) -> None:
    with pytest.raises(OperatorError, match="gone: "):
        request_analysis(api, "faces", [f"{owner}/nowhere.jpg"])
