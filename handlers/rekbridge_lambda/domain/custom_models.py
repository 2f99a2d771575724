"""A customer's own models: each is in one region of one account (AWS: ARN of a project version)."""

from dataclasses import replace

from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import DeployedOperation

ARN_PARAMETERS = ("ProjectVersionArn", "ProjectVersion")


def pin_to_model_region(operation: DeployedOperation, account_id: str) -> DeployedOperation:
    """The operation in the region of the model that its parameters name, if any. Raises InvalidParameter.

    Every other region or account would refuse the call, and the circuit of that region would open for all callers.
    """
    for name in ARN_PARAMETERS:
        if name in operation.parameters:
            _, _, _, region, owner, _ = str(operation.parameters[name]).split(":", 5)
            if owner != account_id:
                raise InvalidParameter(f"{name} belongs to account {owner}: use a model of account {account_id}")
            if region not in operation.regions:
                regions = ", ".join(operation.regions)
                raise InvalidParameter(f"{name} is in {region}: this deployment calls this operation in {regions}")
            return replace(operation, regions={region: operation.regions[region]})
    return operation
