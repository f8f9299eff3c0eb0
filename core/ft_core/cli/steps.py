"""``ft-core steps``: what is installed, what is broken, why, and how to take it away, and whether steps keep their contract."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ft_core.cli.output import add_json_flag, print_json, print_table
from ft_core.discovery import PluginEntry
from ft_core.errors import UsageError
from ft_core.registry import BrokenExtension, BrokenStep
from ft_core.step import Step, Steps, load_steps

__all__ = ["add_arguments", "run"]

_HEADER = ("STEP", "DISTRIBUTION", "REQUIRES", "USES", "WHAT IT DECIDES")

_ADVICE = {False: "Install one, for instance: pip install ./plugins/stac", True: "Name some there, or unset it."}


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
        rows = [_row(step) for step in steps.working] + [_broken_row(step) for step in steps.broken]
        print_json([row | {"extensions": _list_extensions(steps)} for row in rows])
        return 0
    if steps.working:
        print_table(_HEADER, [_cells(step) for step in steps.working])
    elif not steps.broken:
        print(f"No step is {'loaded' if steps.choice.left_out else 'installed'}. {_ADVICE[bool(steps.choice.left_out)]}")
    _print_extensions(steps)
    _print_broken([*steps.broken, *steps.broken_extensions])
    if steps.choice.left_out:
        print(f"\nNot loaded, for {steps.choice.variable}: {', '.join(steps.choice.left_out)}")
    return 0


def _print_extensions(steps: Steps) -> None:
    if steps.extensions:
        print("\nExtensions, around every step; the first stands outermost:")
        for entry in steps.extensions:
            print(f"  {entry.name}  {entry.provider}")


def _print_broken(broken: Sequence[BrokenStep | BrokenExtension]) -> None:
    by_reason: defaultdict[str, list[PluginEntry]] = defaultdict(list)
    for each in broken:
        by_reason[str(each.error)].append(each.entry)  # rivals for one name share a reason
    for reason, entries in by_reason.items():
        what = "" if entries[0].KIND == "step" else f"{entries[0].KIND} "
        print(f"\nBroken: {what}{entries[0].name} ({' and '.join(entry.provider for entry in entries)})\n  {reason}")
        print(f"  To take it away: {' or '.join(entry.remedy for entry in entries)}")


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
        "uninstall": f"pip uninstall {step.distribution}",
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
        "uninstall": step.entry.remedy,
    }


def _list_extensions(steps: Steps) -> list[dict[str, Any]]:
    working = [(entry, None) for entry in steps.extensions]
    broken = [(each.entry, str(each.error)) for each in steps.broken_extensions]
    return [
        {"name": entry.name, "distribution": entry.distribution, "version": entry.version, "broken": reason}
        for entry, reason in (*working, *broken)
    ]
