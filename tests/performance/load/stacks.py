"""The deployed stack that is put under load: the local cloud's, a private one, or an account's by its tfvars."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rekbridge.deploy import deployment
from rekbridge.deploy.session import standing
from rekbridge.deploy.targets import Target, existing
from rekbridge.emulator import LocalCloud
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.errors import OperatorError
from rekbridge.testing import Rekognition, Stack

from tests.performance.load.seen import Look, by_log, by_metrics


@dataclass(frozen=True)
class Loaded:
    """A stack, what a program needs in its environment to talk to it, and what Rekognition saw."""

    deployed: Deployed
    environment: Mapping[str, str]
    look: Look


@contextmanager
def stack(named: str) -> Iterator[Loaded]:
    """`local`, `private`, or a file of Terraform variables. Raises OperatorError where nothing is deployed."""
    match named:
        case "local":
            cloud = LocalCloud.shared()
            found = standing(existing(Target(cloud.target), None))
            if found is None:
                raise OperatorError("Nothing is deployed to the local cloud.", "Deploy first: rekbridge demo")
            yield Loaded(found[0], cloud.environment, by_log(Rekognition(cloud.control_url)))
        case "private":
            with private(deployment.LOCAL) as (own, _):
                yield loaded(own)
        case _ if Path(named).is_file():
            found = standing(existing(Target.aws, Path(named)))
            if found is None:
                raise OperatorError(f"{named} is not deployed.", f"Deploy first: rekbridge deploy --tfvars {named}")
            yield Loaded(found[0], {}, by_metrics(found[0]))
        case _:
            raise OperatorError(f"{named} is no stack.", "Name one: local, private, or a file of Terraform variables")


@contextmanager
def private(variables: Mapping[str, Any]) -> Iterator[tuple[Stack, Rekognition]]:
    """A local cloud of its own with these variables deployed; both go with the block."""
    with TemporaryDirectory() as folder, LocalCloud.private(Path(folder)) as cloud:
        yield Stack.apply(cloud, variables), Rekognition(cloud.control_url)


def loaded(stack: Stack) -> Loaded:
    """A private stack to be put under load."""
    return Loaded(stack.deployed, stack.cloud.environment, by_log(Rekognition(stack.cloud.control_url)))
