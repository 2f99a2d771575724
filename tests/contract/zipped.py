"""botocore as a Lambda's zip has it: a session that knows of AWS no more than that."""

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import botocore
from botocore.loaders import Loader
from botocore.session import Session
from rekbridge.packaging import models
from rekbridge.packaging.reach import Reach, Sources
from rekbridge.support import paths

SOURCES = Sources(paths.LAMBDA_PACKAGE.parent)
FOLDER = TemporaryDirectory(prefix="rekbridge-zipped-")
atexit.register(FOLDER.cleanup)
BOTOCORE = Path(botocore.__file__).parent


@cache
def reached(entry: str) -> Reach:
    """What handlers/rekbridge_lambda/entrypoints/<entry>.py reaches."""
    return SOURCES.reach(entry)


@cache
def data() -> dict[str, Path]:
    """botocore's whole data about the services that any Lambda needs, by place in a zip."""
    services = {service for entry in entries() for service in reached(entry).services}
    files = [file for file in (BOTOCORE / "data").iterdir() if file.is_file()]
    files += [file for service in services for file in (BOTOCORE / "data" / service).rglob("*.json*")]
    return {file.relative_to(BOTOCORE.parent).as_posix(): file for file in files}


def entries() -> list[str]:
    """Every Lambda."""
    return sorted(path.stem for path in (paths.LAMBDA_PACKAGE / "entrypoints").glob("[!_]*.py"))


@cache
def folder(entry: str) -> str:
    """The data in one Lambda's zip, as files."""
    written = Path(FOLDER.name, entry)
    for file, content in models.trimmed(data(), reached(entry)).items():
        path = written.joinpath(*Path(file).parts[2:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(written)


def loader(entry: str) -> Loader:
    """Reads it afresh: making a client for S3 changes the model that was read."""
    return Loader(extra_search_paths=[folder(entry)], include_default_search_paths=False)


@cache
def session(entry: str) -> Session:
    """A session of one Lambda."""
    made = Session()
    made.register_component("data_loader", loader(entry))
    return made
