"""Model versions of Custom Labels and of moderation adapters. A model version can be used only in its own region."""

from typing import Any

from rekbridge_engine.errors import make_model_not_found_error

# The request members that name a model version.
MODEL_VERSION_MEMBERS = ("ProjectVersionArn", "ProjectVersion")


def check_region(request: dict[str, Any], region: str) -> None:
    """Raises ResourceNotFoundException for a model version of another region.

    Every model version of this region counts as running.
    """
    arns = (request[member] for member in MODEL_VERSION_MEMBERS if member in request)
    # arn:aws:rekognition:<region>:<account>:project/…; validation has already checked the pattern.
    if any(arn.split(":")[3] != region for arn in arns):
        raise make_model_not_found_error()
