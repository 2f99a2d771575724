"""The dependency rules of docs/architecture.md, as a test."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import fakes

PACKAGE = Path(__file__).parents[2] / "handlers" / "rekbridge_lambda"
MODULES = sorted(PACKAGE.rglob("[!_]*.py"))

# layer -> what of our own, and which libraries, it may import at runtime; the standard library always
MAY_IMPORT = {
    "domain": {"domain"},
    "ports": {"domain"},
    "config": {"domain"},
    "imaging": {"domain", "imaging", "PIL", "pi_heif"},
    "rate_limiting": {"domain", "ports", "rate_limiting", "adapters", "botocore"},
    "use_cases": {"domain", "imaging", "ports", "rate_limiting", "use_cases"},
    "adapters": {"domain", "adapters", "botocore", "aws_xray_sdk"},
    # HTTP drives the use cases: it parses requests and formats answers.
    "adapters/http": {"domain", "adapters", "rate_limiting", "use_cases"},
    "entrypoints": {"domain", "imaging", "rate_limiting", "use_cases", "adapters", "config", "botocore"},
}
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))


def layer(module: Path) -> str:
    parts = module.relative_to(PACKAGE).parts
    room = "/".join(parts[:2])
    return room if room in MAY_IMPORT else parts[0].removesuffix(".py")


def runtime(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from runtime(node)


def imports(module: Path) -> set[str]:
    """Own layers and libraries a module imports."""
    found = set()
    for node in runtime(ast.parse(module.read_text())):
        match node:
            case ast.ImportFrom(module="rekbridge_lambda", names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(name)):
                found.add(name.removeprefix("rekbridge_lambda.").partition(".")[0])
            case ast.Import(names=names):
                found |= {alias.name.partition(".")[0] for alias in names}
    return found - sys.stdlib_module_names


@each_module
def test_imports_point_inwards(module: Path) -> None:
    assert imports(module) <= MAY_IMPORT[layer(module)]


@each_module
def test_only_config_reads_the_environment(module: Path) -> None:
    read = "environ" in module.read_text() or "getenv" in module.read_text()
    assert read == (layer(module) == "config")


def calls(tree: ast.AST) -> set[str]:
    return {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }


@each_module
def test_no_client_is_made_per_invocation(module: Path) -> None:
    inner = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    made = set[str]().union(*map(calls, inner)) & {"client", "create", "create_client", "resource", "Session"}
    # The methods that the entrypoints call while they are loaded.
    assert made == ({"create", "create_client"} if module.name == "aws.py" else set())


@pytest.mark.parametrize(
    "entrypoint",
    [module for module in MODULES if layer(module) == "entrypoints"],
    ids=lambda entrypoint: entrypoint.stem,
)
def test_an_entrypoint_creates_clients_and_has_no_logic(entrypoint: Path) -> None:
    tree = ast.parse(entrypoint.read_text())
    assert "AwsClients" in calls(tree)
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)] == ["handler"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.While | ast.Try)]


def test_every_lambda_has_an_entrypoint_and_a_use_case() -> None:
    lambdas = {"ingest", "bridge", "analyze", "route", "sweep", "api"}
    assert {module.stem for module in MODULES if layer(module) == "entrypoints"} == lambdas
    assert lambdas <= {module.stem for module in MODULES if layer(module) == "use_cases"}


def test_every_port_has_a_fake() -> None:
    ports = ast.parse((PACKAGE / "ports.py").read_text()).body
    needed = {f"Fake{node.name}" for node in ports if isinstance(node, ast.ClassDef)}
    assert needed <= vars(fakes).keys()


# No room of the command imports one that is listed after it. support is used by all, cli.py and the demo use all.
ROOMS = (
    "support", "packaging", "emulator", "terraform", "read_models", "deploy", "api", "capacity", "status", "residency",
    "testing", "demo",
)  # fmt: skip
COMMAND = Path(__file__).parents[2] / "scripts" / "rekbridge"


def test_the_command_has_at_most_a_dozen_rooms() -> None:
    rooms = {path.name for path in COMMAND.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert rooms == set(ROOMS)
    assert len(rooms) <= 12


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_command_imports_only_rooms_before_it(room: str) -> None:
    imported = set[str]()
    for module in (COMMAND / room).rglob("*.py"):
        for node in runtime(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rekbridge."):
                imported.add(str(node.module).split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == "rekbridge":
                imported |= {alias.name for alias in node.names}
    assert imported <= set(ROOMS[: ROOMS.index(room) + 1])
