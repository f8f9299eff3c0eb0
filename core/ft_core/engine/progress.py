"""Showing how training goes: a bar on a terminal, plain lines elsewhere, and the log beside the adapter."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["BarProgress", "LineProgress", "LogEntry", "TrainingLog", "TrainingProgress", "choose_progress"]

_LINES = 20  # plain lines for one step, at most about so many


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One optimizer step, a line of ``log.jsonl``.

    Attributes:
        step: the optimizer step, from 1.
        loss: mean over its learnt tokens.
        learning_rate: what the step was made with.
        tokens: computed so far: padding not counted, and a shared prefix once for each pass.
        seconds: since training started.
    """

    step: int
    loss: float
    learning_rate: float
    tokens: int
    seconds: float

    @property
    def tokens_per_second(self) -> float:
        """The mean speed so far."""
        return self.tokens / self.seconds if self.seconds else 0.0


class TrainingProgress(Protocol):
    """Shows the training of one step after another."""

    def start(self, name: str, steps: int) -> None:
        """Begin to show the training of a step that takes so many optimizer steps."""

    def advance(self, entry: LogEntry) -> None:
        """Show one more optimizer step."""

    def stop(self) -> None:
        """End the showing of the current step; also called when training failed."""


class LineProgress:
    """Plain lines, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._name, self._steps = "", 0

    def start(self, name: str, steps: int) -> None:
        """Remember what the next lines are about."""
        self._name, self._steps = name, steps

    def advance(self, entry: LogEntry) -> None:
        """Write a line for about every twentieth of the steps, and for the last one."""
        if entry.step % max(1, self._steps // _LINES) and entry.step != self._steps:
            return
        left = (self._steps - entry.step) * entry.seconds / entry.step
        print(
            f"{self._name}: step {entry.step}/{self._steps}, loss {entry.loss:.4f}, "
            f"{entry.tokens_per_second:.0f} tokens/s, {left:.0f} s left",
            file=self._stream,
            flush=True,
        )

    def stop(self) -> None:
        """Do nothing: a line is never left open."""


class BarProgress:
    """A bar with loss, tokens per second and time left, for a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr)
        self._progress: Progress | None = None

    def start(self, name: str, steps: int) -> None:
        """Open a bar."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[now]}"))
        self._progress = Progress(*columns, TimeRemainingColumn(), console=self._console)
        self._progress.add_task(name, total=steps, now="")
        self._progress.start()

    def advance(self, entry: LogEntry) -> None:
        """Move the bar."""
        if self._progress is not None:
            now = f"loss {entry.loss:.4f}  {entry.tokens_per_second:.0f} tokens/s"
            self._progress.update(self._progress.task_ids[0], completed=entry.step, now=now)

    def stop(self) -> None:
        """Close the bar."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def choose_progress(stream: TextIO | None = None) -> TrainingProgress:
    """Return a bar where the stream (standard error by default) is a terminal, else plain lines."""
    stream = stream or sys.stderr
    return BarProgress(stream) if stream.isatty() else LineProgress(stream)


class TrainingLog:
    """``log.jsonl``: one line for each optimizer step or evaluation, there as soon as it is done.

    Args:
        path: the file.
        progress: shows the same.
        is_writer: whether this process writes; another one writes and shows nothing.
        after: the optimizer step that training goes on after; later lines of an earlier part are taken out.
    """

    def __init__(self, path: Path, progress: TrainingProgress, is_writer: bool = True, *, after: int = 0) -> None:
        self._file: TextIO | None = None
        self._progress = progress
        if is_writer:
            lines = _read_lines_until(path, after) if after else []
            self._file = path.open("w", encoding="utf-8")
            self._file.writelines(lines)
            self._file.flush()

    def __enter__(self) -> TrainingLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def note_step(self, entry: LogEntry) -> None:
        """Write and show one optimizer step."""
        self._write(asdict(entry))
        if self._file is not None:
            self._progress.advance(entry)

    def note_evaluation(self, step: int, val_loss: float) -> None:
        """Write a validation loss."""
        self._write({"step": step, "val_loss": val_loss})

    def _write(self, line: dict[str, float]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


def _read_lines_until(path: Path, step: int) -> list[str]:
    """Return the lines of a log up to an optimizer step; a line that a crash cut off is none."""
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else ():
        try:
            if line.endswith("\n") and json.loads(line)["step"] <= step:
                kept.append(line)
        except (ValueError, KeyError, TypeError):
            continue
    return kept


@contextmanager
def shown(progress: TrainingProgress, name: str, steps: int) -> Iterator[None]:
    """Show a step's training inside the block."""
    progress.start(name, steps)
    try:
        yield
    finally:
        progress.stop()
