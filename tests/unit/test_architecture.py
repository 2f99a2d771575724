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
    "entrypoints": {"domain", "imaging", "rate_limiting", "use_cases", "adapters", "config"},
}
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))


def layer(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


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
    made = set[str]().union(*map(calls, inner)) & {"client", "resource", "Session"}
    # The function of that name, which the entries call as they are loaded.
    assert made == ({"client"} if module.name == "aws.py" else set())


@pytest.mark.parametrize(
    "entry", [module for module in MODULES if layer(module) == "entrypoints"], ids=lambda entry: entry.stem
)
def test_an_entry_makes_clients_and_has_no_logic(entry: Path) -> None:
    tree = ast.parse(entry.read_text())
    assert "client" in calls(tree)
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)] == ["handler"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.While | ast.Try)]


def test_every_station_has_its_flow_and_its_entry() -> None:
    stations = {"ingest", "bridge", "analyze", "route", "sweep", "api"}
    assert {module.stem for module in MODULES if layer(module) == "entrypoints"} == stations
    assert stations <= {module.stem for module in MODULES if layer(module) == "use_cases"}


def test_every_port_has_a_fake() -> None:
    ports = ast.parse((PACKAGE / "ports.py").read_text()).body
    needed = {f"Fake{node.name}" for node in ports if isinstance(node, ast.ClassDef)}
    assert needed <= vars(fakes).keys()
