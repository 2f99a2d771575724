import pytest
from rekbridge_lambda import config


def test_each_setting_is_read_from_the_variable_of_its_name() -> None:
    environment = {
        "BRIDGE_QUEUE_URL": "q",
        "BRIDGE_DLQ_URL": "d",
        "LIBRARY_TABLE": "t",
        "OPERATIONS": "{}",
        "LOG_LEVEL": "INFO",
        "PATH": "x",
    }
    bridge = config.load_settings(config.BridgeSettings, environment)
    assert bridge == config.BridgeSettings(
        bridge_queue_url="q", bridge_dlq_url="d", library_table="t", operations="{}", log_level="INFO"
    )


def test_a_missing_variable_raises_an_error_with_its_name() -> None:
    with pytest.raises(KeyError, match="LIBRARY_TABLE"):
        config.load_settings(config.BridgeSettings, {"BRIDGE_QUEUE_URL": "q", "BRIDGE_DLQ_URL": "d"})


def test_the_home_region_is_the_region_of_the_lambda() -> None:
    assert config.get_home_region({"AWS_REGION": "eu-west-3"}) == "eu-west-3"


def test_an_invocation_without_a_trace_has_an_empty_trace_header() -> None:
    assert config.get_trace_header({}) == ""
