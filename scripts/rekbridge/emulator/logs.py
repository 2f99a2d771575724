"""The log files of a local cloud's servers."""

from pathlib import Path


def get_log_path(folder: Path, server: str) -> Path:
    """Return the path of a server's log, whether it exists or not."""
    return folder / "logs" / f"{server}.log"


def describe_last_log_line(folder: Path, server: str) -> str:
    """Return the log's path and its last non-empty line, as a part of an error message."""
    log = get_log_path(folder, server)
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    last_line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"see {log}, last line: {last_line}" if last_line else f"see {log}"
