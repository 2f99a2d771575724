"""Where the command prints."""

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
