"""What goes into one Lambda's zip: place in the zip -> bytes."""

import tempfile
from pathlib import Path, PurePosixPath

from rekbridge.packaging import certificates, compiling, models, reach
from rekbridge.packaging.reach import Reach
from rekbridge.packaging.wheels import Wheels

CERTIFICATES = "botocore/cacert.pem"


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
    third = {
        file: path
        for name in wheels.closure({wheels.providing(package) for package in reached.packages})
        for file, path in wheels.files(name).items()
    }
    data = {file: path for file, path in third.items() if PurePosixPath(file).parts[:2] == models.DATA}
    contents |= {file: path.read_bytes() for file, path in third.items() if file not in data}
    if CERTIFICATES in contents:
        contents[CERTIFICATES] = certificates.amazons(contents[CERTIFICATES].decode()).encode()
    return contents | (models.trimmed(data, reached) if data else {})
