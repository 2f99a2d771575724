"""Models of a customer's own: each lies in one region of one account (AWS: ARN of a project version)."""

from dataclasses import replace

from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import Planned

NAMED_BY = ("ProjectVersionArn", "ProjectVersion")


def pinned(planned: Planned, account: str) -> Planned:
    """The operation where the model lies that its parameters name, if they do. Raises InvalidParameter.

    Any other region, or account, would refuse the call, and with that close the region to everybody.
    """
    for name in NAMED_BY:
        if name in planned.parameters:
            _, _, _, region, owner, _ = str(planned.parameters[name]).split(":", 5)
            if owner != account:
                raise InvalidParameter(f"{name} is of account {owner}: it has to be a model of account {account}")
            if region not in planned.regions:
                where = ", ".join(planned.regions)
                raise InvalidParameter(f"{name} lies in {region}: this deployment calls {where} for this operation")
            return replace(planned, regions={region: planned.regions[region]})
    return planned
