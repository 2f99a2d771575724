import ast

from rekbridge.support import paths

SCRIPTS = paths.ROOT / "scripts" / "rekbridge"


def imported(source: str) -> set[str]:
    """The top packages of what is imported."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(name)):
                names.add(name.partition(".")[0])
            case ast.Import(names=aliases):
                names |= {alias.name.partition(".")[0] for alias in aliases}
    return names


def test_only_read_models_and_paths_import_the_lambda_package() -> None:
    knowing = {file.parent.name for file in SCRIPTS.rglob("*.py") if "rekbridge_lambda" in imported(file.read_text())}
    assert knowing == {"read_models", "support"}
