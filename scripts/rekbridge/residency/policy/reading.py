"""Evaluates the variables through the modules' own logic: what is not valid there is refused with their message."""

from pathlib import Path
from typing import Any

from rekbridge.residency.policy.document import DataFlow, build_document
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression

# In modules/rekbridge. Without what only an account knows.
POLICY_EXPRESSION = """{
  prefix = var.prefix, home = var.home_region, remote = var.remote_region, allowed = local.analysis_regions,
  operations = local.operations, api_operations = local.api_operations, errors = local.setting_errors,
  image_privacy = var.image_privacy, staging_ttl_h = var.staging_ttl_h, log_retention_days = var.log_retention_days,
  kms_key_arns = var.kms_key_arns, log_destination = try(var.log_destination.arn, null),
  sinks = { for name, sink in var.sinks : name => values(sink.target) }, trusted_callers = var.api_trusted_callers,
  is_private = try(var.network.private_api, false), ids_secret_arn = var.ids_secret_arn
}""".replace("\n", " ")


def read_policy(tfvars: Path) -> DataFlow:
    """Return the document of a file of variables. Raises OperatorError with the modules' messages."""
    return create_policy(evaluate_expression(tfvars, POLICY_EXPRESSION))


def create_policy(values: dict[str, Any]) -> DataFlow:
    """Return the document of the value of POLICY_EXPRESSION. Raises OperatorError if settings are not valid."""
    if values["errors"]:
        raise OperatorError("\n".join(values["errors"]), "Correct these settings in your variables.")
    return build_document(values)
