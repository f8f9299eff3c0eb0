"""Showing how annotating goes: a bar on a terminal, a line for each tale elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["AnnotationProgress", "BarProgress", "LineProgress", "choose_progress"]


class AnnotationProgress(Protocol):
    """Shows how annotating goes."""

    def start(self, tales: int) -> None:
        """Begin; so many tales are to be annotated."""

    def note_result(self, result: PipelineResult) -> None:
        """Show that a question was settled."""

    def note_tale(self, story_id: str, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Show that a tale is written; ``counts`` are its answers, by step."""

    def note_failure(self, told: str) -> None:
        """Show that a tale cannot be annotated."""

    def stop(self) -> None:
        """End the showing."""


class LineProgress:
    """Plain lines, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._tales = self._done = 0

    def start(self, tales: int) -> None:
        """Remember how many tales there are."""
        self._tales = tales

    def note_result(self, result: PipelineResult) -> None:
        """Do nothing: a line for each question would be too many."""

    def note_tale(self, story_id: str, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Write a line."""
        self._done += 1
        print(f"[{self._done}/{self._tales}] {story_id}: {_describe(counts)}", file=self._stream, flush=True)

    def note_failure(self, told: str) -> None:
        """Write a line."""
        self._done += 1
        print(f"[{self._done}/{self._tales}] {told}", file=self._stream, flush=True)

    def stop(self) -> None:
        """Do nothing: a line is never left open."""


class BarProgress:
    """A bar over the tales, with the step that is asked and the answers so far, for a terminal."""

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
        self._answers = 0

    def start(self, tales: int) -> None:
        """Open the bar."""
        self._progress.add_task("", total=tales, now="0 answers")
        self._progress.start()

    def note_result(self, result: PipelineResult) -> None:
        """Count an answer."""
        if result.judgement is not None:
            self._answers += 1
            self._progress.update(self._progress.task_ids[0], now=f"{result.step}, {self._answers} answers")

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


def choose_progress(stream: TextIO | None = None) -> AnnotationProgress:
    """Return a bar where the stream (standard error by default) is a terminal, else plain lines."""
    stream = stream or sys.stderr
    return BarProgress(stream) if stream.isatty() else LineProgress(stream)


def _describe(counts: Mapping[str, Mapping[str, Any]]) -> str:
    totals = {key: sum(each[key] for each in counts.values()) for key in ("answered", "repaired", "not_valid", "kept")}
    told = f"{totals['answered']} answers"
    if totals["repaired"]:
        told += f" ({totals['repaired']} repaired)"
    if totals["not_valid"]:
        told += f", {totals['not_valid']} not valid"
    return f"{told}, {totals['kept']} labels kept" if totals["kept"] else told
