from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty REKBRIDGE_HOME."""
    folder = tmp_path / "home"
    monkeypatch.setenv("REKBRIDGE_HOME", str(folder))
    return folder
