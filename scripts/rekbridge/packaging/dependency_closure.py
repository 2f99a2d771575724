"""Finds what one Lambda depends on, by reading its source: our modules, other packages, AWS services."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekbridge.support.errors import OperatorError


@dataclass(slots=True)
class DependencyClosure:
    """Everything that an entry point imports, directly or through our other modules.

    Lazy imports count, too, and names of modules in strings, which another process imports.
    """

    modules: set[Path] = field(default_factory=set)
    # Top-level names, without our own packages and the standard library.
    packages: set[str] = field(default_factory=set)
    # The AWS services that clients are created for.
    services: set[str] = field(default_factory=set)
    # Every attribute and string in the source and its data. The names of the called AWS operations are among them.
    identifiers: set[str] = field(default_factory=set)


def find_data_files(module: Path) -> list[Path]:
    """Return a module's data: the JSON file of the same name, if there is one."""
    data = module.with_suffix(".json")
    return [data] if data.exists() else []


class SourceTree:
    """The source below `root`. Each file is parsed once, however many Lambdas need it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._modules: dict[str, _Module | None] = {}

    def compute_closure(self, entry: str) -> DependencyClosure:
        """Return the dependencies of rekbridge_lambda/entrypoints/<entry>.py."""
        closure = DependencyClosure()
        pending, visited = {f"rekbridge_lambda.entrypoints.{entry}"}, set[str]()
        while pending:
            name = pending.pop()
            visited.add(name)
            if module := self._load_module(name):
                closure.modules.add(module.path)
                closure.services |= module.services
                closure.identifiers |= module.identifiers
                closure.packages |= set(map(_get_top_package, module.imports)) - sys.stdlib_module_names
                pending |= {one for one in module.imports if _get_top_package(one) == _get_top_package(name)} - visited
            # Importing a.b.c runs a and a.b first.
            pending |= {parent for parent in [name.rpartition(".")[0]] if parent} - visited
        closure.packages.discard("rekbridge_lambda")
        return closure

    def _load_module(self, name: str) -> "_Module | None":
        if name not in self._modules:
            path = self._root.joinpath(*name.split("."))
            files = [file for file in (path / "__init__.py", path.with_suffix(".py")) if file.exists()]
            self._modules[name] = _Module(files[0], name) if files else None
        return self._modules[name]


def _list_texts(content: Any) -> Iterator[str]:
    """Yield every string in decoded JSON, names of members included."""
    match content:
        case str():
            yield content
        case dict():
            yield from content
            for value in content.values():
                yield from _list_texts(value)
        case list():
            for value in content:
                yield from _list_texts(value)


def _get_top_package(name: str) -> str:
    return name.partition(".")[0]


# Calls that create clients. Their first argument is the service.
CLIENT_FACTORIES = {"create", "per_region"}


MODULE_NAME = re.compile(r"rekbridge_lambda(\.\w+)+")


class _Module(ast.NodeVisitor):
    """The imports, AWS services and identifiers of one source file."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self.imports: set[str] = set()
        self.services: set[str] = set()
        self.identifiers: set[str] = set()
        self.visit(ast.parse(path.read_text(), filename=str(path)))
        for data in find_data_files(path):
            self.identifiers |= set(_list_texts(json.loads(data.read_text())))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.identifiers.add(node.attr)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.identifiers.add(node.value)
            # The name of a module that another process imports (imaging/decoding/connection.py).
            if MODULE_NAME.fullmatch(node.value):
                self.imports.add(node.value)

    def visit_Import(self, node: ast.Import) -> None:
        self.imports |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parts = self._package.split(".")
        parent = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
        base = ".".join(filter(None, (parent, node.module or "")))
        # `from a import b` may mean the module a.b.
        self.imports |= {base} | {f"{base}.{alias.name}" for alias in node.names}

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            return
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        # The factories themselves pass the service on as a variable. Their callers name it.
        if node.name not in CLIENT_FACTORIES:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        match node.args:
            case [ast.Constant(value=str(service)), *_] if name in CLIENT_FACTORIES:
                self.services.add(service)
            case _ if name in CLIENT_FACTORIES | {"resource"}:
                raise OperatorError(
                    f"{self.path}:{node.lineno}: packaging cannot tell which AWS service this client is for.",
                    'Name the service literally, as in clients.create("s3"): the zip contains only the services that '
                    "packaging finds in the source.",
                )
        self.generic_visit(node)
