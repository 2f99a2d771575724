"""Two ways to spend quota, as workers of a simulated world: the product's own code, and what most people write."""

import random
from collections.abc import Callable

from rekbridge_lambda.adapters.rekognition import FAILED_WAIT_S, THROTTLED_WAIT_S
from rekbridge_lambda.adapters.sqs.consumer import wait_s
from rekbridge_lambda.domain.errors import Throttled, Unavailable
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import WORKER_AHEAD

from tests.builders import HOME
from tests.fakes import FakePaceStore
from tests.performance._world import OWN_S, REFUSED_S, STORE_S, Message, Simulation, Work


def ours(plan: Planned, store: FakePaceStore) -> Callable[[Simulation, int], Callable[[Message], Work]]:
    """ANALYZE as it is, each worker with a memory of its own."""

    def make(world: Simulation, number: int) -> Callable[[Message], Work]:
        chance = random.Random(world.seed * 10_000 + number)
        pace = SharedPace(HOME, WORKER_AHEAD, store, lambda: int(world.now * 1000), chance.random)

        def work(message: Message) -> Work:
            def stepped[Answer](told: Callable[[], Answer]) -> tuple[Answer, float]:
                before = store.steps
                answer = told()
                took = store.steps - before
                world.tally.steps += took if world.counted else 0
                return answer, took * STORE_S

            before = store.steps
            try:
                slot, took = stepped(lambda: pace.place(plan))
            except Throttled as why:
                took = (store.steps - before) * STORE_S
                world.tally.steps += store.steps - before if world.counted else 0
                yield REFUSED_S + took
                return wait_s(why, message.deliveries)
            yield max(took, slot.at / 1_000_000 - world.now)
            fate, seconds = world.call(slot.region)
            yield seconds
            match fate:
                case "throttled":
                    _, took = stepped(lambda: pace.throttled(slot))
                    yield took
                    return wait_s(Throttled("", THROTTLED_WAIT_S), message.deliveries)
                case "failed":
                    _, took = stepped(lambda: pace.failed(slot))
                    yield took
                    return wait_s(Unavailable("", FAILED_WAIT_S), message.deliveries)
            _, took = stepped(lambda: pace.answered(slot))
            yield OWN_S + took
            if world.counted:
                world.tally.waits.append(world.now - message.came - seconds - OWN_S)
            return None

        return work

    return make


def usual(weights: dict[str, float]) -> Callable[[Simulation, int], Callable[[Message], Work]]:
    """A region by weight, four retries of botocore's legacy mode, the message again after its visibility of 30 s."""

    def make(world: Simulation, number: int) -> Callable[[Message], Work]:
        chance = random.Random(world.seed * 10_000 + number)

        def work(message: Message) -> Work:
            [region] = chance.choices(list(weights), list(weights.values()))
            for attempt in range(5):
                fate, seconds = world.call(region)
                yield seconds
                if fate == "answered":
                    yield OWN_S
                    if world.counted:
                        world.tally.waits.append(world.now - message.came - seconds - OWN_S)
                    return None
                if attempt < 4:
                    # botocore, legacy mode: rand x 2^(retry - 1), no more than 20 s.
                    yield chance.random() * 2**attempt
            return 30.0

        return work

    return make
