"""The consoles that every command prints to: `out` for results, `err` for warnings and errors."""

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
