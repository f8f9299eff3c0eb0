"""``ft-core steps``: what is installed, what is broken and why, and whether steps keep their contract."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ft_core.cli.output import add_json_flag, print_json, print_table
from ft_core.errors import UsageError
from ft_core.registry import BrokenStep
from ft_core.step import Step, load_steps

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("--check", nargs="*", metavar="STEP", help="hold the named steps, or all, against their contract")
    data_help = "folder of annotated tales to check with (default: the sample tales)"
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help=data_help)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the steps, where a broken one is no failure of this command, or check them."""
    steps = load_steps()
    if arguments.check is not None:
        from ft_core.cli.steps_check import check_steps  # not needed for the list, which is to be quick

        return check_steps(steps, arguments.check, arguments.data_dir, as_json=arguments.json)
    if arguments.data_dir:
        raise UsageError("--data-dir names the tales that steps are checked with; give it with --check.")
    if arguments.json:
        print_json([_row(step) for step in steps.working] + [_broken_row(step) for step in steps.broken])
        return 0
    if not (steps.working or steps.broken):
        print("No step is installed. Install one, for instance: pip install ./plugins/stac")
        return 0
    header = ("STEP", "DISTRIBUTION", "REQUIRES", "USES", "WHAT IT DECIDES")
    print_table(header, [_cells(step) for step in steps.working])
    for broken in steps.broken:
        print(f"\nBroken: {broken.entry.name} ({broken.entry.provider})\n  {broken.error}")
    return 0


def _cells(step: Step) -> tuple[str, ...]:
    requires, uses = (", ".join(names) or "-" for names in (step.info.requires, step.info.uses))
    return step.name, f"{step.distribution} {step.version}", requires, uses, step.info.description


def _row(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "distribution": step.distribution,
        "version": step.version,
        "title": step.info.title,
        "description": step.info.description,
        "requires": list(step.info.requires),
        "uses": list(step.info.uses),
        "writes": list(step.info.writes),
        "scope": step.info.scope,
        "schema": step.info.output_schema,
        "broken": None,
    }


def _broken_row(step: BrokenStep) -> dict[str, Any]:
    return {
        "name": step.entry.name,
        "distribution": step.entry.distribution,
        "version": step.entry.version,
        "requires": list(step.info.requires) if step.info else [],
        "uses": list(step.info.uses) if step.info else [],
        "scope": step.info.scope if step.info else None,
        "schema": step.info.output_schema if step.info else {},
        "broken": str(step.error),
    }
