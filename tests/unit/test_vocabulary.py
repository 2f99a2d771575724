"""One word, one meaning: retired words stay out of names, keys and text, and every type has a name of its own.

docs/glossary.md has the words to use. CHANGELOG.md says what the retired ones became, and is exempt, as this file is.
"""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from rekbridge.support import paths

# Words of an identifier or a key, split at underscores and capitals.
RETIRED_IN_NAMES = {
    "asking", "bury", "buried", "crowded", "haste", "killings", "lane", "lanes", "ledger", "misspelt", "obituary",
    "overtakings", "pace", "paces", "passings", "patience", "placement", "shelf", "slot", "station", "stations",
    "strangers", "swept", "tether", "tethered", "told", "undelivered", "weigh", "wish", "wishes",
}  # fmt: skip
# Whole identifiers and keys.
RETIRED_NAMES = {
    "AnalyzeNow", "AskUntil", "BUSY", "LEAST", "MOST", "NEVER", "ONCE", "PASSING", "Planned", "answer_status",
    "asked_at", "cut_at", "dead_arn", "dead_name", "dead_url", "largest_bytes", "longest_stay_h", "longest_stay_s",
    "reader_timeout_s", "throw_away", "way", "ways", "write_missing",
}  # fmt: skip
# Not ordinary English of a system, wherever it stands.
RETIRED_IN_TEXT = re.compile(
    r"\b(told|bury|buried|buries|shelf|shelves|obituar(?:y|ies)|patience|throw-away|undelivered|overtakings|killings)\b",
    re.I,
)
# Names that only say that something was done, not what the function does.
PARTICIPLES = {
    "begun", "done", "drawn", "found", "given", "gone", "held", "kept", "known", "left", "lost", "made", "met", "seen",
    "sent", "shown", "spent", "struck", "taken", "told", "written",
}  # fmt: skip
EXEMPT = {"CHANGELOG.md", "tests/unit/test_vocabulary.py"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@cache
def list_files(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\n") if name and name not in EXEMPT and (paths.ROOT / name).is_file()]


@cache
def parse(name: str) -> ast.Module:
    return ast.parse((paths.ROOT / name).read_text())


def iterate_identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that the file defines or uses, and every string that looks like a key; with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.keyword(arg=str(name)):
                yield node.value.lineno, name
            case ast.Constant(value=str(text)) if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", text):
                yield node.lineno, text


def is_retired(name: str) -> bool:
    return name in RETIRED_NAMES or bool(RETIRED_IN_NAMES & {word.lower() for word in WORD.findall(name)})


def find_retired_identifiers() -> Iterator[str]:
    for name in list_files("*.py"):
        yield from (f"{name}:{line} {used}" for line, used in iterate_identifiers(parse(name)) if is_retired(used))
    for name in list_files("*.tf", "*.hcl", "*.tfvars"):
        for number, line in enumerate((paths.ROOT / name).read_text().splitlines(), 1):
            words = re.findall(r"[A-Za-z_][A-Za-z0-9_-]*", line.partition("#")[0])
            yield from (f"{name}:{number} {word}" for word in words if is_retired(word))


def find_words_of_no_ordinary_english() -> Iterator[str]:
    for name in list_files():
        try:
            text = (paths.ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield from (f"{name}:{number} {word}" for word in RETIRED_IN_TEXT.findall(line))


def test_no_name_or_key_is_retired() -> None:
    assert list(find_retired_identifiers()) == []


def test_no_text_has_a_word_of_no_ordinary_english() -> None:
    assert list(find_words_of_no_ordinary_english()) == []


def test_every_type_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for name in list_files("*.py"):
        for node in ast.walk(parse(name)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
            elif isinstance(node, ast.TypeAlias):
                places[node.name.id].append(name)
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def is_bare_participle(name: str) -> bool:
    bare = name.strip("_")
    return "_" not in bare and (
        bare in PARTICIPLES or (bare.endswith("ed") and bare not in {"need", "speed", "seed", "feed"})
    )


def is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A pytest fixture is a noun for the tests that use it, such as `deployed`."""
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_no_function_is_named_by_a_bare_participle() -> None:
    functions = [
        (name, node)
        for name in list_files("*.py")
        for node in ast.walk(parse(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_fixture(node)
    ]
    named = [f"{name}:{node.lineno} {node.name}" for name, node in functions if is_bare_participle(node.name)]
    assert named == []


def test_the_glossary_has_at_most_forty_terms_in_one_line_each() -> None:
    lines = (paths.ROOT / "docs" / "glossary.md").read_text().splitlines()
    terms = [line for line in lines if line.startswith("| ") and not line.startswith("| term |")]
    assert 20 <= len(terms) <= 40
    assert all(len(line) <= 160 for line in terms)


def test_the_glossary_is_in_alphabetical_order() -> None:
    lines = (paths.ROOT / "docs" / "glossary.md").read_text().splitlines()
    terms = [line.split("|")[1].strip().lower() for line in lines if line.startswith("| ")]
    terms.remove("term")
    assert terms == sorted(terms)


@pytest.mark.parametrize("word", ["told_you", "PaceTable", "Shelf", "lane", "throw_away", "LEDGER_TABLE", "way"])
def test_a_retired_name_is_recognised(word: str) -> None:
    assert is_retired(word)


@pytest.mark.parametrize("word", ["always", "replacement", "slots", "space", "landed", "gateway", "least_privilege"])
def test_an_ordinary_name_is_not_retired(word: str) -> None:
    assert not is_retired(word)
