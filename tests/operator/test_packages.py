"""The real packages, for this machine's processor."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from rekbridge.packaging import certificates
from rekbridge.packaging.build import MAX_ZIP_BYTES, Package, build_packages, get_host_architecture
from rekbridge.packaging.dependency_closure import SourceTree
from rekbridge.support.paths import LAMBDA_PACKAGE
from rekbridge_lambda import config

from tests.builders import pack_operations
from tests.odd_formats import ODD

ENTRIES = sorted(path.stem for path in (LAMBDA_PACKAGE / "entrypoints").glob("[!_]*.py"))
type Packages = tuple[Path, dict[str, Package]]
# Run by an isolated interpreter, whose path has only the unpacked zip and the standard library.
ALONE = """
import importlib, pathlib, sys
folder, entry, packages = sys.argv[1:]
sys.path.insert(0, folder)
importlib.import_module(f"rekbridge_lambda.entrypoints.{entry}")
for module in sorted(pathlib.Path(folder, "rekbridge_lambda").rglob("*.py")):
    importlib.import_module(".".join(module.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"))
for package in packages.split():
    importlib.import_module(package)
strange = [name for name, module in sys.modules.items() if "site-packages" in (getattr(module, "__file__", None) or "")]
print(strange)
"""

# Decodes an image as a worker does, and prints the libraries that the decoder process has loaded from elsewhere.
DECODE = """
import pathlib, sys
folder, image = sys.argv[1:]
sys.path.insert(0, folder)
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
from rekbridge_lambda.imaging.decoding.process import DECODER
prepared = DECODER.decode(open(image, "rb"), ImageHeader("heic", 144, 96), ImageLimits(5_000_000, 80))
maps = pathlib.Path(f"/proc/{DECODER.pid}/maps").read_text().split()
print(prepared.width, prepared.height, [file for file in maps if "site-packages" in file], "PIL" in sys.modules)
"""

OPERATIONS = {
    "text": {
        "transfer": "staged",
        "regions": {"eu-west-1": {"tps": 50}},
        "settings": {},
        "queue_url": "queue",
        "dlq_url": "dlq",
    }
}
REGIONS = {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3", "REMOTE_REGION": "eu-west-1"}


def build_environment() -> dict[str, str]:
    """Return every variable that any Lambda reads."""
    forms = [form for form in vars(config).values() if is_dataclass(form)]
    names = {field.name.upper(): "1" for form in forms for field in fields(form)}
    return names | REGIONS | {"OPERATIONS": pack_operations(OPERATIONS), "TRUSTED_CALLERS": "[]", "LOG_LEVEL": "INFO"}


def copy_source(at: Path) -> Path:
    """Copy the Lambdas' source, with other times of its files."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(LAMBDA_PACKAGE, at / LAMBDA_PACKAGE.name, copy_function=shutil.copy, ignore=ignored)
    return at


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    into = tmp_path_factory.mktemp("packages")
    return into, {package.name: package for package in build_packages(get_host_architecture(), into)}


def test_no_package_has_the_engine_its_models_or_its_libraries(packages: Packages) -> None:
    folder, built = packages
    foreign = ("rekbridge_engine", "numpy", "onnxruntime", "cv2", "rapidocr")
    for name in built:
        files = zipfile.ZipFile(folder / f"{name}.zip").namelist()
        assert [file for file in files if file.partition("/")[0] in foreign or file.endswith(".onnx")] == [], name


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_package_works_alone(entry: str, packages: Packages, tmp_path: Path) -> None:
    zipfile.ZipFile(packages[0] / f"{entry}.zip").extractall(tmp_path)
    needs = " ".join(SourceTree(LAMBDA_PACKAGE.parent).compute_closure(entry).packages)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, str(tmp_path), entry, needs],
        env=build_environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout) == ("", "[]\n")


@pytest.mark.parametrize("entry", ["api", "ingest"])
def test_a_package_decodes_in_a_process_of_its_own(entry: str, packages: Packages, tmp_path: Path) -> None:
    zipfile.ZipFile(packages[0] / f"{entry}.zip").extractall(tmp_path)
    command = [sys.executable, "-I", "-S", "-c", DECODE, str(tmp_path), str(ODD / "orientation-1.heic")]
    done = subprocess.run(command, env={}, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", "144 96 [] False\n")


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_package_fits_into_lambda(entry: str, packages: Packages) -> None:
    assert (packages[0] / f"{entry}.zip").stat().st_size < MAX_ZIP_BYTES


@pytest.mark.parametrize(
    ("library", "entries"), [("PIL", {"api", "ingest"}), ("pi_heif", {"api", "ingest"}), ("botocore", set(ENTRIES))]
)
def test_a_library_is_only_in_packages_that_import_it(library: str, entries: set[str], packages: Packages) -> None:
    having = {
        name
        for name in packages[1]
        if any(file.startswith(f"{library}/") for file in zipfile.ZipFile(packages[0] / f"{name}.zip").namelist())
    }
    assert having == entries


@pytest.mark.parametrize(
    ("service", "callers"), [("rekognition", {"analyze", "api"}), ("secretsmanager", {"api", "ingest"})]
)
def test_only_callers_of_a_service_have_its_model(service: str, callers: set[str], packages: Packages) -> None:
    for entry in ENTRIES:
        with zipfile.ZipFile(packages[0] / f"{entry}.zip") as opened:
            models = {name.split("/")[2] for name in opened.namelist() if name.startswith("botocore/data/")}
        assert (service in models) is (entry in callers)


def test_a_package_trusts_only_amazons_roots(packages: Packages) -> None:
    for entry in ENTRIES:
        with zipfile.ZipFile(packages[0] / f"{entry}.zip") as opened:
            assert opened.read("botocore/cacert.pem").count(b"BEGIN CERTIFICATE") == len(certificates.AMAZON_ROOTS)


def test_another_checkout_builds_the_same_bytes(packages: Packages, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from rekbridge.packaging import build\n"
    code += "build.build_packages(build.get_host_architecture(), Path(sys.argv[1]), Path(sys.argv[2]))"
    elsewhere = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    arguments = [str(tmp_path / "zips"), str(copy_source(tmp_path / "source"))]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=elsewhere)
    for file in [f"{entry}{suffix}" for entry in ENTRIES for suffix in (".zip", ".cdx.json")]:
        assert (tmp_path / "zips" / file).read_bytes() == (packages[0] / file).read_bytes()


def test_unchanged_packages_are_not_rebuilt(packages: Packages) -> None:
    assert set(build_packages(get_host_architecture(), packages[0]).values()) == {False}


def test_a_change_rebuilds_only_packages_that_contain_it(packages: Packages, tmp_path: Path) -> None:
    source, into = copy_source(tmp_path / "source"), tmp_path / "zips"
    shutil.copytree(packages[0], into)
    entry = source / "rekbridge_lambda" / "entrypoints" / "route.py"
    entry.write_text(entry.read_text() + "\n# Changed.\n")
    made = build_packages(get_host_architecture(), into, source)
    assert {package.name for package, anew in made.items() if anew} == {"route"}


@pytest.mark.parametrize("file", ["bridge.zip", "bridge.cdx.json"])
def test_a_damaged_package_is_rebuilt(file: str, packages: Packages, tmp_path: Path) -> None:
    into = tmp_path / "zips"
    shutil.copytree(packages[0], into)
    (into / file).write_bytes(b"")
    made = build_packages(get_host_architecture(), into)
    assert {package.name for package, anew in made.items() if anew} == {"bridge"}
