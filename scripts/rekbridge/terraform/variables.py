"""The operator's file of variables, and what goes with it under its name."""

from pathlib import Path


def name(tfvars: Path) -> str:
    """What a deployment is called: my.prod.tfvars -> my.prod."""
    return tfvars.name.removesuffix(".json").removesuffix(".tfvars")


def quotas_beside(tfvars: Path) -> Path:
    """Where the quotas of a file of variables are kept: my.tfvars -> my.quotas.auto.tfvars.json."""
    return tfvars.with_name(f"{name(tfvars)}.quotas.auto.tfvars.json")


def var_files(tfvars: Path | None) -> list[str]:
    """Terraform's options for a file of variables; the quotas beside it come first, for what it says itself counts."""
    files = (quotas_beside(tfvars), tfvars) if tfvars else ()
    return [f"-var-file={file.absolute()}" for file in files if file.exists()]
