"""Puts what Rekbridge deploys and runs into its wheel, below rekbridge/kit; in a checkout it is used where it lies."""

import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

KIT = ("terraform", "modules", "handlers", "engine", "scripts/localstack")
KINDS = {".tf", ".json", ".py", ".txt", ".toml"}
# What is only looked at in a checkout, what builds leave behind, and what is an operator's own.
LEFT_OUT = ("tests", "examples", "build", "*.egg-info", ".terraform", "*.tfvars.json", "*override.tf*")


def kit() -> Iterator[Path]:
    """Every file that is shipped, relative to the checkout."""
    for part in KIT:
        for file in sorted(Path(part).rglob("*")):
            own = any(fnmatch(name, pattern) for name in file.parts for pattern in LEFT_OUT)
            if file.suffix in KINDS and file.is_file() and not own:
                yield file


class WithKit(build_py):
    """setuptools' own step, and the kit after it."""

    def run(self) -> None:
        """Build the package; an editable install has the checkout."""
        if not self.editable_mode:
            # What an earlier build left there would be packed too.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if not self.editable_mode:
            for file in kit():
                target = self._place(file)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)

    def get_source_files(self) -> list[str]:
        """What a source distribution needs."""
        return [*super().get_source_files(), *map(str, kit())]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """What was built."""
        return [*super().get_outputs(include_bytecode), *(str(self._place(file)) for file in kit())]

    def _place(self, file: Path) -> Path:
        return Path(self.build_lib, "rekbridge", "kit", file)


setup(cmdclass={"build_py": WithKit})
