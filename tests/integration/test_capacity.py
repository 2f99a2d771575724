"""What operators are told of the deployed quotas, and of what the workers have learned of them."""

from rekbridge.capacity.commands import capacities
from rekbridge.testing import Stack

from tests.integration.pictures import picture


def test_the_capacity_of_a_deployment_tells_what_its_workers_have_learned(stack: Stack, owner: str) -> None:
    stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))

    told = capacities(stack.deployed.operations, stack.deployed)
    lanes = {(capacity.operation, lane.region): lane for capacity in told for lane in capacity.lanes}
    assert {place: lane.tps for place, lane in lanes.items()} == {
        ("faces", "eu-west-1"): 100,
        ("labels", "eu-central-1"): 5,
        ("labels", "eu-west-2"): 5,
    }
    rates = {place: lane.rate for place, lane in lanes.items() if place != ("labels", "eu-west-2")}
    assert all(rate is not None and 0 < rate <= lanes[place].tps for place, rate in rates.items())
