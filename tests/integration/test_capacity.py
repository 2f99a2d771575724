"""The capacity of a deployment: its quotas, and the rates that the workers have learned."""

from rekbridge.capacity.commands import load_capacities
from rekbridge.testing import Stack

from tests.integration.sample_images import make_image


def test_the_capacity_of_a_deployment_has_the_learned_rates(stack: Stack, owner: str) -> None:
    stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))

    capacities = load_capacities(stack.deployed.operations, stack.deployed)
    regions = {(capacity.operation, row.region): row for capacity in capacities for row in capacity.regions}
    assert {key: row.tps for key, row in regions.items()} == {
        ("faces", "eu-west-1"): 100,
        ("labels", "eu-central-1"): 5,
        ("labels", "eu-west-2"): 5,
    }
    rates = {key: row.learned_tps for key, row in regions.items() if key != ("labels", "eu-west-2")}
    assert all(rate is not None and 0 < rate <= regions[key].tps for key, rate in rates.items())
