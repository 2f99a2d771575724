"""Model versions of Custom Labels and of moderation adapters: each is trained, and answers, in one region."""

from typing import Any

from engine.errors import resource_not_found

# The request members that name a model version.
MEMBERS = ("ProjectVersionArn", "ProjectVersion")


def check(request: dict[str, Any], region: str) -> None:
    """Raises ResourceNotFoundException for a model version of another region; every one of this region is running."""
    arns = (request[member] for member in MEMBERS if member in request)
    # arn:aws:rekognition:<region>:<account>:project/... as the pattern of the model has checked.
    if any(arn.split(":")[3] != region for arn in arns):
        raise resource_not_found()
