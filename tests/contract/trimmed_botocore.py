"""botocore with the data that is in a Lambda function's zip: its services, and of each only the operations in use."""

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import botocore
from botocore.loaders import Loader
from botocore.session import Session
from rekbridge.packaging import models
from rekbridge.packaging.dependency_closure import DependencyClosure, SourceTree
from rekbridge.support import paths

SOURCES = SourceTree(paths.LAMBDA_PACKAGE.parent)
TEMPORARY_FOLDER = TemporaryDirectory(prefix="rekbridge-trimmed-")
atexit.register(TEMPORARY_FOLDER.cleanup)
BOTOCORE = Path(botocore.__file__).parent


@cache
def compute_closure(entrypoint: str) -> DependencyClosure:
    """What handlers/rekbridge_lambda/entrypoints/<entrypoint>.py imports, directly or indirectly."""
    return SOURCES.compute_closure(entrypoint)


@cache
def find_data_files() -> dict[str, Path]:
    """botocore's complete data about the services that any Lambda function uses, by path in a zip."""
    services = {service for entrypoint in list_entrypoints() for service in compute_closure(entrypoint).services}
    files = [file for file in (BOTOCORE / "data").iterdir() if file.is_file()]
    files += [file for service in services for file in (BOTOCORE / "data" / service).rglob("*.json*")]
    return {file.relative_to(BOTOCORE.parent).as_posix(): file for file in files}


def list_entrypoints() -> list[str]:
    """The name of every Lambda function."""
    return sorted(path.stem for path in (paths.LAMBDA_PACKAGE / "entrypoints").glob("[!_]*.py"))


@cache
def write_trimmed_data(entrypoint: str) -> str:
    """Writes the data of one function's zip. Returns the folder."""
    folder = Path(TEMPORARY_FOLDER.name, entrypoint)
    for file, content in models.trim_data(find_data_files(), compute_closure(entrypoint)).items():
        path = folder.joinpath(*Path(file).parts[2:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder)


def create_loader(entrypoint: str) -> Loader:
    """A loader without cached models: creating a client for S3 changes the model that was loaded."""
    return Loader(extra_search_paths=[write_trimmed_data(entrypoint)], include_default_search_paths=False)


@cache
def create_session(entrypoint: str) -> Session:
    """The botocore session of one function."""
    session = Session()
    session.register_component("data_loader", create_loader(entrypoint))
    return session
