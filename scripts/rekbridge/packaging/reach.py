"""What one Lambda reaches, read from its source: our modules, other packages' names, AWS services."""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekbridge.support.errors import OperatorError


@dataclass(slots=True)
class Reach:
    """What an entry imports, directly or through our other modules, lazily imported parts included."""

    modules: set[Path] = field(default_factory=set)
    # Top-level names outside of our code and the standard library.
    packages: set[str] = field(default_factory=set)
    # What botocore must know: the services of `client("...")` calls.
    services: set[str] = field(default_factory=set)
    # Every attribute and text in the source and its data: an AWS operation that is called is named among them.
    words: set[str] = field(default_factory=set)


def data_beside(module: Path) -> list[Path]:
    """A module's own data: the JSON file that bears its name."""
    data = module.with_suffix(".json")
    return [data] if data.exists() else []


class Sources:
    """Our source under `root`; each file is read once, however many Lambdas reach it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, _Module | None] = {}

    def reach(self, entry: str) -> Reach:
        """The reach of rekbridge_lambda/entrypoints/<entry>.py."""
        reach = Reach()
        waiting, seen = {f"rekbridge_lambda.entrypoints.{entry}"}, set[str]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            if module := self._module(name):
                reach.modules.add(module.path)
                reach.services |= module.services
                reach.words |= module.words
                reach.packages |= {top for top in map(_top, module.imports) if top not in sys.stdlib_module_names}
                waiting |= {imported for imported in module.imports if _top(imported) == _top(name)} - seen
            # Importing a.b.c runs a and a.b first.
            waiting |= {parent for parent in [name.rpartition(".")[0]] if parent} - seen
        reach.packages.discard("rekbridge_lambda")
        return reach

    def _module(self, name: str) -> "_Module | None":
        if name not in self._read:
            place = self._root.joinpath(*name.split("."))
            files = [path for path in (place / "__init__.py", place.with_suffix(".py")) if path.exists()]
            self._read[name] = _Module(files[0], name) if files else None
        return self._read[name]


def _texts(told: Any) -> Iterator[str]:
    """Every text in JSON."""
    match told:
        case str():
            yield told
        case dict():
            yield from told
            for value in told.values():
                yield from _texts(value)
        case list():
            for value in told:
                yield from _texts(value)


def _top(name: str) -> str:
    return name.partition(".")[0]


# What makes a client of the service it is given first.
MAKERS = {"client", "regional"}


class _Module(ast.NodeVisitor):
    """The imports and AWS clients of one source file."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self.imports: set[str] = set()
        self.services: set[str] = set()
        self.words: set[str] = set()
        self.visit(ast.parse(path.read_text(), filename=str(path)))
        for data in data_beside(path):
            self.words |= set(_texts(json.loads(data.read_text())))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.words.add(node.attr)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.words.add(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        self.imports |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parts = self._package.split(".")
        above = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
        base = ".".join(filter(None, (above, node.module or "")))
        # `from a import b` may mean the module a.b.
        self.imports |= {base} | {f"{base}.{alias.name}" for alias in node.names}

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            return
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        # Functions of those names wrap boto3's; what counts is what they are called with.
        if node.name not in MAKERS:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        match called, node.args:
            case name, [ast.Constant(value=str(service)), *_] if name in MAKERS:
                self.services.add(service)
            case (name, _) if name in MAKERS | {"resource"}:
                raise OperatorError(
                    f"{self.path}:{node.lineno}: packaging cannot tell which AWS service this needs.",
                    'Name the service literally, as in client("s3"): the zip takes only the services that it can see.',
                )
        self.generic_visit(node)
