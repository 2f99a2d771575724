"""What goes into one Lambda's zip: place in the zip -> bytes."""

import tempfile
from pathlib import Path, PurePosixPath

from rekbridge.packaging import compiling, reach
from rekbridge.packaging.reach import Reach
from rekbridge.packaging.wheels import Wheels

# botocore's own tables; every other folder in its data is one AWS service.
MODELS = ("botocore", "data")
# boto3's resource models, which `client` does not read, and its documentation's examples.
UNUSED = (("boto3", "data"), ("boto3", "examples"))


def gather(root: Path, reached: Reach, wheels: Wheels) -> dict[str, bytes]:
    """Our modules with their data and compiled form, and of the third-party packages what the Lambda needs."""
    contents: dict[str, bytes] = {}
    modules = {module.relative_to(root).as_posix(): module for module in reached.modules}
    with tempfile.TemporaryDirectory() as folder:
        compiling.compile_all(root, modules, Path(folder))
        for file, module in modules.items():
            compiled = compiling.place(file)
            contents |= {file: module.read_bytes(), compiled: Path(folder, compiled).read_bytes()}
            contents |= {data.relative_to(root).as_posix(): data.read_bytes() for data in reach.data_beside(module)}
    for name in wheels.closure({wheels.providing(package) for package in reached.packages}):
        files = wheels.files(name)
        contents |= {file: path.read_bytes() for file, path in files.items() if needed(file, reached.services)}
    return contents


def needed(file: str, services: set[str]) -> bool:
    """Whether a third-party file belongs in a zip whose code makes clients of these services only.

    >>> needed("botocore/data/s3/2006-03-01/service-2.json.gz", {"s3"}), needed("botocore/data/ec2/x.json.gz", {"s3"})
    (True, False)
    >>> needed("botocore/data/endpoints.json", set())
    True
    """
    parts = PurePosixPath(file).parts
    if parts[:2] in UNUSED:
        return False
    return parts[:2] != MODELS or len(parts) == 3 or parts[2] in services
