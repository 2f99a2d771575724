"""The steps of a trial, in their order, with what is expected of each."""

from collections.abc import Callable
from dataclasses import dataclass

from rekbridge.support.steps import Step
from rekbridge.testing.acceptance import terraform_checks
from rekbridge.testing.acceptance.api_checks import check_api
from rekbridge.testing.acceptance.duplicate_checks import check_duplicates
from rekbridge.testing.acceptance.images import IMAGES, check_transfer
from rekbridge.testing.acceptance.region_checks import check_denied_region
from rekbridge.testing.acceptance.trial import AcceptanceTrial


@dataclass(frozen=True, slots=True)
class AcceptanceStep:
    """One step. `check` returns what it saw, or raises StepFailed, StepNotTried, or an error of AWS or Terraform."""

    name: str
    expected: str
    check: Callable[[AcceptanceTrial, Step], str]


DEPLOYMENT = AcceptanceStep(
    "deployment", "Terraform creates both regions and the bridge between them.", terraform_checks.check_apply
)
CHECKS = (
    AcceptanceStep(
        "images by bytes",
        f"{IMAGES} images settle; each result is paid once, and those by bytes come from allowed regions.",
        lambda trial, step: check_transfer(trial, "bytes", step.show),
    ),
    AcceptanceStep(
        "images by staged copy",
        f"{IMAGES} images settle in the same way by staged copies, of which none is left in the remote region.",
        lambda trial, step: check_transfer(trial, "staged", step.show),
    ),
    AcceptanceStep(
        "REST API",
        "The REST API is healthy and analyses an image at once.",
        lambda trial, step: check_api(trial, step.show),
    ),
    AcceptanceStep(
        "one region denied",
        "A region that refuses every call loses no image: its circuit opens, others take over, or images wait.",
        lambda trial, step: check_denied_region(trial, trial.denial, step.show),
    ),
    AcceptanceStep(
        "duplicates",
        "An upload that is repeated and messages that are delivered again cost no call.",
        lambda trial, step: check_duplicates(trial, step.show),
    ),
    AcceptanceStep("second plan", "A second plan has nothing to change.", terraform_checks.check_second_plan),
)
REMOVAL = AcceptanceStep("removal", "Destroy leaves nothing in either region.", terraform_checks.check_removal)
