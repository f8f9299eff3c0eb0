"""Showing how annotating goes: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ft_core.corpus.reporting.report_number import count_things
from ft_core.infer.annotate.report import COUNTED
from ft_core.infer.annotate.step_count import StepCount
from ft_core.infer.pipeline.listener import PipelineListener, Unit
from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["AnnotationProgress", "BarProgress", "LineProgress", "choose_progress"]


_EVERY = 30.0
"""Seconds after which something is said, where nothing else was."""

_WORTH = 5.0
"""Seconds that a step has taken whose end is told."""


class AnnotationProgress(PipelineListener, Protocol):
    """Shows how annotating goes."""

    def start(self, tales: int) -> None:
        """Begin; so many tales are to be annotated."""

    def note_loading(self, base: str) -> None:
        """Show that the model is being loaded."""

    def note_tale(self, story_id: str, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Show that a tale is written; ``counts`` are its answers, by step."""

    def note_failure(self, told: str) -> None:
        """Show that a tale cannot be annotated."""

    def stop(self) -> None:
        """End the showing."""


class LineProgress:
    """Plain lines, for logs and pipes: one for each tale, and while nothing else is said one every 30 seconds.

    Args:
        stream: where they are written; standard error if None.
        clock: seconds that only rise.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream or sys.stderr, clock
        self._tales = self._done = 0
        self._count, self._told = StepCount(), clock()

    def start(self, tales: int) -> None:
        """Remember how many tales there are."""
        self._tales, self._told = tales, self._clock()

    def note_loading(self, base: str) -> None:
        """Write a line."""
        self._say(f"loading {base}")

    def note_step(self, step: str, total: int, unit: Unit) -> None:
        """Begin to count."""
        self._count = StepCount(step, total, unit, self._clock())

    def note_answered(self, prompts: int) -> None:
        """Count, and write a line where it is time for one."""
        self._count.answered += prompts
        self._say_if_due()

    def note_result(self, result: PipelineResult) -> None:
        """Count, and write a line where it is time for one."""
        self._count.add(result)
        self._say_if_due()

    def note_step_done(self) -> None:
        """Write a line, if the step has taken some seconds."""
        seconds = self._clock() - self._count.began
        if seconds >= _WORTH:
            self._say(f"{self._count.step}: {self._count.total} {self._count.unit} done in {seconds:.0f} s")

    def note_tale(self, story_id: str, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Write a line."""
        self._done += 1
        self._say(f"{story_id}: {_describe(counts)}")

    def note_failure(self, told: str) -> None:
        """Write a line."""
        self._done += 1
        self._say(told)

    def stop(self) -> None:
        """Do nothing: a line is never left open."""

    def _say_if_due(self) -> None:
        now = self._clock()
        if now - self._told >= _EVERY:
            self._say(self._count.describe(now))

    def _say(self, told: str) -> None:
        print(f"[{self._done}/{self._tales}] {told}", file=self._stream, flush=True)
        self._told = self._clock()


class BarProgress:
    """A bar over the tales, with how far the step is that is asked, for a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr)
        columns = (
            TextColumn("Tales"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[now]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=self._console)
        self._count = StepCount()

    def start(self, tales: int) -> None:
        """Open the bar."""
        self._progress.add_task("", total=tales, now="")
        self._progress.start()

    def note_loading(self, base: str) -> None:
        """Say it behind the bar."""
        self._say(f"loading {base}")

    def note_step(self, step: str, total: int, unit: Unit) -> None:
        """Show the step behind the bar."""
        self._count = StepCount(step, total, unit, time.monotonic())
        self._show()

    def note_answered(self, prompts: int) -> None:
        """Count."""
        self._count.answered += prompts
        self._show()

    def note_result(self, result: PipelineResult) -> None:
        """Count."""
        self._count.add(result)
        self._show()

    def note_step_done(self) -> None:
        """Do nothing: what comes next is shown in its place."""

    def note_tale(self, story_id: str, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Move the bar."""
        self._progress.advance(self._progress.task_ids[0])

    def note_failure(self, told: str) -> None:
        """Move the bar, and write a line above it."""
        self._console.print(told, markup=False, highlight=False)
        self._progress.advance(self._progress.task_ids[0])

    def stop(self) -> None:
        """Close the bar."""
        self._progress.stop()

    def _show(self) -> None:
        self._say(self._count.describe(time.monotonic()))

    def _say(self, told: str) -> None:
        self._progress.update(self._progress.task_ids[0], now=escape(told))


def choose_progress(stream: TextIO | None = None) -> AnnotationProgress:
    """Return a bar where the stream (standard error by default) is a terminal, else plain lines."""
    stream = stream or sys.stderr
    return BarProgress(stream) if stream.isatty() else LineProgress(stream)


def _describe(counts: Mapping[str, Mapping[str, Any]]) -> str:
    totals = {key: sum(each[key] for each in counts.values()) for key in COUNTED}
    told = count_things(totals["answered"], "answer")
    if totals["repaired"]:
        told += f" ({totals['repaired']} repaired)"
    if totals["not_valid"]:
        told += f", {totals['not_valid']} not valid"
    return f"{told}, {count_things(totals['kept'], 'label')} kept" if totals["kept"] else told
