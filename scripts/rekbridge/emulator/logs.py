"""The servers' logs, which say more than their exit codes."""

from pathlib import Path


def of(folder: Path, server: str) -> Path:
    """Where the log of a local cloud's server lies, there or not."""
    return folder / "logs" / f"{server}.log"


def last_words(folder: Path, server: str) -> str:
    """Where to look, and the last line that is there."""
    log = of(folder, server)
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"see {log}, which ends: {last}" if last else f"see {log}"
