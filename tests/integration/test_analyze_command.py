"""What `rekbridge analyze` asks the deployed API and prints of what it says."""

import json
from pathlib import Path

import pytest
from rekbridge.api.analyze import answered, reached, show
from rekbridge.api.client import Api
from rekbridge.support.errors import OperatorError
from rekbridge.testing import Stack

from tests.integration.pictures import picture


@pytest.fixture
def api(stack: Stack) -> Api:
    return reached(stack.terraform)


def test_a_file_and_then_its_answer_by_line_and_whole(
    api: Api, owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "portrait.jpg"
    file.write_bytes(picture(owner))

    show("labels", answered(api, "labels", [str(file)]), whole=False)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("labels · eu-central-1 · waited ")
    assert {"Face", "Person"} <= {line.split()[0] for line in lines if line.strip()}

    show("labels", answered(api, "labels", [str(file)]), whole=True)
    assert json.loads(capsys.readouterr().out)["Rekbridge"]["cached"]


def test_where_nothing_is_found_it_says_so(
    api: Api, owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nobody.png"
    file.write_bytes(picture(owner))
    show("moderation", answered(api, "moderation", [str(file)]), whole=False)
    assert capsys.readouterr().out.splitlines()[1:] == ["Nothing was found."]


def test_a_refusal_is_told_in_the_apis_words(api: Api, owner: str) -> None:
    with pytest.raises(OperatorError, match="gone: "):
        answered(api, "faces", [f"{owner}/nowhere.jpg"])
