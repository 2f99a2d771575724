"""The operator's tfvars file, and the files that are named after it."""

from pathlib import Path


def get_deployment_name(tfvars: Path) -> str:
    """Return the name of a deployment: my.prod.tfvars -> my.prod."""
    return tfvars.name.removesuffix(".json").removesuffix(".tfvars")


def get_quota_file(tfvars: Path) -> Path:
    """Return the file with the quotas for a tfvars file: my.tfvars -> my.quotas.auto.tfvars.json."""
    return tfvars.with_name(f"{get_deployment_name(tfvars)}.quotas.auto.tfvars.json")


def build_var_file_options(tfvars: Path | None) -> list[str]:
    """Return Terraform's options for a tfvars file. Its quota file comes first: the tfvars file overrides it."""
    files = (get_quota_file(tfvars), tfvars) if tfvars else ()
    return [f"-var-file={file.absolute()}" for file in files if file.exists()]
