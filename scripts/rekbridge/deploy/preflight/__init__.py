"""Checks of an AWS account before Terraform plans. All of them run, and everything that they find is shown at once."""

from rekbridge.deploy.preflight.check import check_account
from rekbridge.deploy.preflight.settings import DeployedState, DeploymentSettings, read_settings, read_state

__all__ = ["DeployedState", "DeploymentSettings", "check_account", "read_settings", "read_state"]
