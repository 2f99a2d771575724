"""`rekbridge analyze` asks the deployed API and prints what it says."""

import json
from pathlib import Path

import pytest
from rekbridge import analyze
from rekbridge.errors import OperatorError
from rekbridge.testing import Stack

from tests.integration.pictures import picture


@pytest.fixture(autouse=True)
def deployed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command finds is the suite's own deployment."""
    monkeypatch.setattr(analyze, "existing", lambda *_: stack.terraform)


def test_a_file_and_then_its_answer_by_line_and_whole(
    owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "portrait.jpg"
    file.write_bytes(picture(owner))

    analyze.analyze("labels", [str(file)])
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("labels · eu-central-1 · waited ")
    assert {"Face", "Person"} <= {line.split()[0] for line in lines if line.strip()}

    analyze.analyze("labels", [str(file)], whole=True)
    told = json.loads(capsys.readouterr().out)
    assert told["Rekbridge"]["cached"]


def test_where_nothing_is_found_it_says_so(owner: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nobody.png"
    file.write_bytes(picture(owner))
    analyze.analyze("moderation", [str(file)])
    assert capsys.readouterr().out.splitlines()[1:] == ["Nothing was found."]


def test_a_refusal_is_told_in_the_apis_words(owner: str) -> None:
    with pytest.raises(OperatorError, match="gone: "):
        analyze.analyze("faces", [f"{owner}/nowhere.jpg"])
