"""``ft-core doctor``: whether this machine is ready, and what to do where it is not."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ft_core.cli.output import add_json_flag, print_json
from ft_core.config import FineTuneConfig
from ft_core.engine.doctor.examination import Examination, examine
from ft_core.engine.doctor.finding import Finding

__all__ = ["add_arguments", "run"]

_COLORS = {"ok": "green", "note": "yellow", "problem": "bold red"}
_MARGIN = 10
_NARROWEST = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    default = FineTuneConfig.model_fields["output_dir"].default
    folder_help = "where adapters would go, to look whether it can be written to; it is not made (default: %(default)s)"
    parser.add_argument("--output-dir", metavar="DIR", default=default, help=folder_help)
    parser.add_argument("--import-unsloth", action="store_true", help="really import the training stack too (6 to 14 s)")
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; a problem fails the command, a note does not."""
    found = examine(Path(arguments.output_dir), imports_unsloth=arguments.import_unsloth)
    problems, notes = found.count("problem"), found.count("note")
    if arguments.json:
        groups = {title: [finding.as_json() for finding in group] for title, group in found.groups.items()}
        print_json({"problems": problems, "notes": notes, "groups": groups})
    else:
        _print(found)
        print(f"\n{_count(problems, 'problem')}, {_count(notes, 'note')}.{_sum_up(problems, notes)}")
    return int(problems > 0)


def _print(found: Examination) -> None:
    console = Console(highlight=False, emoji=False, markup=False, file=sys.stdout)
    for title, group in found.groups.items():
        console.print(f"\n{title}", style="bold")
        width = max((len(finding.name) for finding in group), default=0)
        for finding in group:
            _print_finding(console, finding, width)


def _print_finding(console: Console, finding: Finding, width: int) -> None:
    mark = Text(f"  {finding.status:{_MARGIN - 2}}", style=_COLORS[finding.status])
    indent = " " * (_MARGIN + width + 2)
    text = _wrap(finding.text, indent, console.width) if console.is_terminal else finding.text
    console.print(Text.assemble(mark, f"{finding.name:{width}}  {text}"), soft_wrap=True)
    if finding.remedy:
        # Never wrapped: it is a line to be copied.
        console.print(f"{indent}-> {finding.remedy}", soft_wrap=True)


def _wrap(text: str, indent: str, columns: int) -> str:
    width = max(columns - len(indent), _NARROWEST)
    return f"\n{indent}".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def _sum_up(problems: int, notes: int) -> str:
    if problems:
        return " Do what the arrows at the problems say, and ask again."
    return " Nothing needs to be done; what the arrows say is up to you." if notes else " All is well."


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}" + "s" * (number != 1)
