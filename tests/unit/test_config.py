import pytest
from rekbridge_lambda import config


def test_each_setting_is_the_variable_of_its_name() -> None:
    told = {"BRIDGE_QUEUE": "q", "BRIDGE_DEAD": "d", "LIBRARY_TABLE": "t", "OPERATIONS": "{}", "PATH": "x"}
    bridge = config.load(config.Bridge, told)
    assert bridge == config.Bridge(bridge_queue="q", bridge_dead="d", library_table="t", operations="{}")


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(KeyError, match="LIBRARY_TABLE"):
        config.load(config.Bridge, {"BRIDGE_QUEUE": "q", "BRIDGE_DEAD": "d"})


def test_the_home_region_is_lambdas_own() -> None:
    assert config.home_region({"AWS_REGION": "eu-west-3"}) == "eu-west-3"


def test_an_invocation_without_a_trace_has_none() -> None:
    assert config.trace({}) == ""
