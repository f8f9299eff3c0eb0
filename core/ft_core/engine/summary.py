"""The table at the end of a run."""

from __future__ import annotations

import sys
from typing import TextIO

from rich.console import Console
from rich.table import Table

from ft_core.engine.run_file import StepRecord
from ft_core.engine.training import Run

__all__ = ["print_summary"]

_WIDTH = 240  # of a table that goes to a file or a pipe, where nothing has to fit


def print_summary(run: Run, stream: TextIO | None = None) -> None:
    """Print a line for each step: examples, tokens (learnt and in all), first and last loss, seconds and path.

    Args:
        run: what was trained.
        stream: standard error where None, so that standard output stays for ``--json``.
    """
    table = Table(box=None, pad_edge=False)
    for heading in ("step", "status", "examples", "tokens learnt/all", "first loss", "last loss", "seconds", "adapter"):
        table.add_column(heading, overflow="fold")
    for name, record in run.steps.items():
        table.add_row(name, record.status, *_cells(run, record))
    stream = stream or sys.stderr
    console = Console(file=stream, width=None if stream.isatty() else _WIDTH)
    console.print(table)
    for name, record in run.steps.items():
        if record.reason:
            print(f"{name}: {record.reason}", file=stream)


def _cells(run: Run, record: StepRecord) -> tuple[str, ...]:
    return (
        str(record.examples),
        f"{record.trained_tokens}/{record.tokens}",
        "" if record.first_loss is None else f"{record.first_loss:.4f}",
        "" if record.last_loss is None else f"{record.last_loss:.4f}",
        "" if record.seconds is None else f"{record.seconds:.1f}",
        str(run.folder / record.adapter) if record.adapter else "",
    )
