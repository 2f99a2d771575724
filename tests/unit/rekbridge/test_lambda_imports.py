import ast

from rekbridge.support import paths

SCRIPTS = paths.ROOT / "scripts" / "rekbridge"


def list_imported_modules(source: str) -> set[str]:
    """The modules that a source file imports from."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(name)):
                names.add(name)
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
    return names


def test_only_read_models_use_the_adapters_of_the_lambda_package() -> None:
    used: dict[str, set[str]] = {}
    for file in SCRIPTS.rglob("*.py"):
        used.setdefault(file.parent.name, set()).update(list_imported_modules(file.read_text()))
    adapters = ("rekbridge_lambda.adapters", "rekbridge_lambda.rate_limiting", "rekbridge_lambda.use_cases")
    assert {room for room, names in used.items() if any(name.startswith(adapters) for name in names)} == {"read_models"}
