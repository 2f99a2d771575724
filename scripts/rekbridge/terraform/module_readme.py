"""Writes the READMEs of the modules, below what is written by hand: the tested example, inputs and outputs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import paths

MODULES = paths.ROOT / "modules"
# Everything from here to the end is written by `rekbridge terraform fmt`; what stands above is written by hand.
MARKER = "<!-- Written by `rekbridge terraform fmt` from here on. -->\n"
EXAMPLE = Path("tests") / "example" / "main.tf"
BLOCK = re.compile(r'^(?P<kind>variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}\n', re.MULTILINE | re.DOTALL)
# A value ends where the next attribute or block begins at the same indentation.
ATTRIBUTE = re.compile(r"^  (?P<name>\w+) += (?P<value>.*?)(?=^  \w|^\s*\Z)", re.MULTILINE | re.DOTALL)
HEREDOC = re.compile(r"<<-EOT\n(?P<text>.*)", re.DOTALL)
# Where a module is used from another repository; the example in tests/ names it by its path.
SOURCE = re.compile(r'source = "\.\./\.\."')


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable or an output, with its attributes as they are written."""

    kind: str
    name: str
    attributes: dict[str, str]

    @property
    def description(self) -> str:
        """The description as one cell of a table."""
        value = self.attributes["description"]
        heredoc = HEREDOC.search(value)
        text = heredoc["text"] if heredoc else value.strip().strip('"').replace('\\"', '"')
        return escape_cell(" ".join(line.strip() for line in text.strip().splitlines()))

    @property
    def type(self) -> str:
        """The type on one line."""
        lines = [re.sub(" +=", " =", line.strip()) for line in self.attributes["type"].strip().splitlines()]
        members = ", ".join(lines[1:-1]).replace("({,", "({").replace(", })", " })")
        return escape_cell(f"`{lines[0]}`" if len(lines) == 1 else f"`{lines[0]} {members} {lines[-1]}`")

    @property
    def default(self) -> str:
        """The default as code, or that there is none."""
        return escape_cell(f"`{self.attributes['default'].strip()}`") if "default" in self.attributes else "required"


def render_readmes() -> dict[Path, str]:
    """Return the text of every module's README. Raises FileNotFoundError for a module that has none, or no example."""
    return {folder / "README.md": render_readme(folder) for folder in sorted(MODULES.iterdir()) if folder.is_dir()}


def render_readme(folder: Path) -> str:
    """Return a module's README with its generated part written anew."""
    introduction = (folder / "README.md").read_text().partition(MARKER)[0]
    example = SOURCE.sub(
        f'source = "git::https://<host>/<repository>.git//modules/{folder.name}?ref=v0.1.0"',
        (folder / EXAMPLE).read_text(),
    )
    declarations = list(read_declarations(folder))
    inputs = [
        f"| `{one.name}` | {one.type} | {one.default} | {one.description} |"
        for one in declarations
        if one.kind == "variable"
    ]
    outputs = [f"| `{one.name}` | {one.description} |" for one in declarations if one.kind == "output"]
    return "\n".join(
        (
            f"{introduction}{MARKER}",
            f"## Example\n\nIt is [{EXAMPLE}]({EXAMPLE}), which the tests run.\n\n```hcl\n{example}```\n",
            "## Inputs\n\n| name | type | default | meaning |\n|---|---|---|---|",
            *inputs,
            "\n## Outputs\n\n| name | meaning |\n|---|---|",
            *outputs,
            "",
        )
    )


def read_declarations(folder: Path) -> Iterator[Declaration]:
    """Read the variables and outputs of a formatted module, by name."""
    blocks = [match for file in sorted(folder.glob("*.tf")) for match in BLOCK.finditer(file.read_text())]
    for match in sorted(blocks, key=lambda match: match["name"]):
        # The attributes come first, and end with an empty line if validations follow.
        text = match["body"].partition("\n\n")[0] if match["kind"] == "variable" else match["body"]
        attributes = {one["name"]: one["value"] for one in ATTRIBUTE.finditer(f"{text.rstrip()}\n")}
        yield Declaration(match["kind"], match["name"], attributes)


def escape_cell(text: str) -> str:
    """Return text that stays in one cell of a Markdown table. Where it is not code, `<` must not begin a tag."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))
