"""Shows the progress of a long command: a moving line for each running step, a permanent line for each finished one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

# Widths of a step's name and message. They align the seconds in one column.
NAME_WIDTH, MESSAGE_WIDTH = 30, 52


@dataclass(slots=True)
class Step:
    """A running step."""

    progress: Progress
    task: TaskID
    message: str = ""

    def show(self, message: str) -> None:
        """Show what the step is doing. The last message stays as its result."""
        self.message = message
        self.progress.update(self.task, message=escape(message))

    def show_progress(self, message: str, done: int, total: int) -> None:
        """Show a message and how many parts are done. A total of 0 is an unknown one."""
        self.progress.update(self.task, completed=done, total=total or None)
        self.show(f"{done} of {total}, {message}" if total else message)


class Steps:
    """The steps of one run. Several can run at once."""

    def __init__(self) -> None:
        # Not the console of the other commands: a moving line that is wider than the terminal has to be cut off.
        self.console, self.lock = Console(highlight=False), Lock()
        columns = (
            SpinnerColumn(),
            TextColumn(f"{{task.description:{NAME_WIDTH}}}"),
            BarColumn(24),
            TextColumn("{task.fields[message]}"),
        )
        self.progress = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def warn(self, warning: str) -> None:
        """Print a permanent line."""
        self.console.print(warning, style="yellow", markup=False)

    def print_failure(self, name: str, message: str, seconds: float) -> None:
        """Print a permanent line for a step that has failed."""
        with self.lock:
            line = f"{name:{NAME_WIDTH}} {message:{MESSAGE_WIDTH}} {seconds:6.1f} s"
            self.console.print(f"[red]✗[/] {escape(line)}", soft_wrap=True)

    @contextmanager
    def run_step(self, name: str) -> Iterator[Step]:
        """Run the block as one step. When it ends, its message and duration are printed; when it fails, nothing."""
        started = time.perf_counter()
        step = Step(self.progress, self.progress.add_task(name, total=None, message=""))
        try:
            yield step
        except BaseException:
            self._finish(step)
            raise
        line = f"{name:{NAME_WIDTH}} {step.message:{MESSAGE_WIDTH}} {time.perf_counter() - started:6.1f} s"
        self._finish(step, f"[green]✓[/] {escape(line)}")

    def _finish(self, step: Step, *lines: str) -> None:
        # One at a time: two threads that print at once leave moving lines on the screen.
        with self.lock:
            self.progress.remove_task(step.task)
            for line in lines:
                self.console.print(line, soft_wrap=True)
