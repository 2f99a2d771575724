"""DetectModerationLabels on real photographs. None of the project's shows what it looks for."""

import pytest

from tests.engine.engine_process import EXPECTED, RunningEngine, load_photo


@pytest.mark.parametrize("name", EXPECTED)
def test_a_harmless_photograph_has_no_moderation_label(engine: RunningEngine, name: str) -> None:
    response = engine.create_client().detect_moderation_labels(Image=load_photo(name), MinConfidence=0)
    assert response["ModerationLabels"] == []


def test_the_response_names_the_version_of_the_taxonomy_and_no_content_types(engine: RunningEngine) -> None:
    response = engine.create_client().detect_moderation_labels(Image=load_photo("cat.jpg"))
    assert response.keys() - {"ResponseMetadata"} == {"ModerationLabels", "ModerationModelVersion"}
    assert response["ModerationModelVersion"] == "7.0"
