from pathlib import Path

import pytest
from rekbridge.terraform import provider


def test_the_configured_mirror_has_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TF_PLUGIN_DIR", str(tmp_path))
    assert provider.find_mirror() == tmp_path


def test_a_mirror_in_a_usual_place_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    plugins = tmp_path / ".terraform.d" / "plugins"
    (plugins / provider.PROVIDER).mkdir(parents=True)
    assert provider.find_mirror() == plugins


def test_without_a_mirror_downloads_are_shared(home: Path) -> None:
    assert provider.build_init_options(None) == []
    assert Path(provider.build_cache_environment(None)["TF_PLUGIN_CACHE_DIR"]).is_relative_to(home)


def test_with_a_mirror_nothing_is_downloaded(tmp_path: Path) -> None:
    assert provider.build_init_options(tmp_path) == [f"-plugin-dir={tmp_path}"]
    assert provider.build_cache_environment(tmp_path) == {}
