"""Keys of an organisation that an emulator keeps. The whole deployment is tested as a plan (tests/plan)."""

import pytest
from rekbridge.testing import Stack


@pytest.mark.needs("own-keys")
def test_an_event_bus_keeps_its_key(stack: Stack, owner: str) -> None:
    key = stack.client("kms").create_key(Description=owner)["KeyMetadata"]["Arn"]
    events = stack.client("events")
    events.create_event_bus(Name=owner, KmsKeyIdentifier=key)
    try:
        assert events.describe_event_bus(Name=owner).get("KmsKeyIdentifier") == key
    finally:
        events.delete_event_bus(Name=owner)
