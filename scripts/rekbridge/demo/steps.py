"""What the demo is at: a moving line for each step under way, a lasting one for each that is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

# So wide are a step's name and its word, that the seconds stand in one column.
NAME, WORD = 30, 52


@dataclass(slots=True)
class Step:
    """One step under way."""

    progress: Progress
    task: TaskID
    word: str = ""

    def say(self, word: str) -> None:
        """What it is doing now, or at the end what came of it."""
        self.word = word
        self.progress.update(self.task, word=escape(word))

    def count(self, word: str, done: int, of: int) -> None:
        """How far it has come."""
        self.progress.update(self.task, completed=done, total=of or None)
        self.say(f"{done} of {of}, {word}" if of else word)


class Steps:
    """The steps of one run; several may be under way at once."""

    def __init__(self) -> None:
        # Not the command's own: a moving line that is wider than the terminal has to be cut.
        self.console, self.lock = Console(highlight=False), Lock()
        columns = (
            SpinnerColumn(),
            TextColumn(f"{{task.description:{NAME}}}"),
            BarColumn(24),
            TextColumn("{task.fields[word]}"),
        )
        self.progress = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def warn(self, warning: str) -> None:
        """A line that stays."""
        self.console.print(warning, style="yellow", markup=False)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One step; its line stays with the seconds it took, unless it fails."""
        began = time.perf_counter()
        step = Step(self.progress, self.progress.add_task(name, total=None, word=""))
        try:
            yield step
        except BaseException:
            self._end(step)
            raise
        line = f"{name:{NAME}} {step.word:{WORD}} {time.perf_counter() - began:6.1f} s"
        self._end(step, f"[green]✓[/] {escape(line)}")

    def _end(self, step: Step, *lines: str) -> None:
        # One at a time: two that print at once leave their moving lines behind.
        with self.lock:
            self.progress.remove_task(step.task)
            for line in lines:
                self.console.print(line, soft_wrap=True)
