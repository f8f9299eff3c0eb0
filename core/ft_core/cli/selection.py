"""Which steps a command is about: ``--steps a b c``, ``--step a`` repeated, or ``--all-installed``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ft_core.cli.output import say
from ft_core.errors import PluginError, UsageError
from ft_core.step import Step, Steps

__all__ = ["add_step_flags", "select_steps", "warn_of_broken_steps", "warn_of_failed_steps"]


def add_step_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name steps."""
    parser.add_argument("--steps", nargs="+", action="extend", default=[], metavar="STEP", help="the steps, by name")
    parser.add_argument("--step", dest="steps", action="append", metavar="STEP", help="one step; may be repeated")
    parser.add_argument("--all-installed", action="store_true", help="every step that is installed")


def select_steps(arguments: argparse.Namespace, steps: Steps) -> list[Step]:
    """Return the steps that were asked for, in the order in which they run.

    Raises:
        UsageError: none was asked for, both ways were used, or a step is not installed.
        PluginError: a step that was named is broken.
    """
    if bool(arguments.steps) == arguments.all_installed:
        raise UsageError("Say which steps: --steps a b c, --step a, or --all-installed (and not both).")
    if arguments.all_installed and not steps.working:
        raise UsageError("No step is installed that works. Install one, for instance: pip install ./plugins/stac")
    return steps.select(arguments.steps)


def warn_of_broken_steps(arguments: argparse.Namespace, steps: Steps) -> bool:
    """Say which installed steps are left out because they are broken; return whether that fails the command."""
    if not arguments.all_installed:
        return False
    remedies: dict[PluginError, list[str]] = {}
    for broken in steps.broken:
        remedies.setdefault(broken.error, []).append(broken.entry.remedy)  # two that share a name share an error
    for error, commands in remedies.items():
        say(f"A broken step is left out. {error} To take it away: {' or '.join(commands)}")
    return bool(steps.broken)


def warn_of_failed_steps(failures: Mapping[str, PluginError]) -> bool:
    """Say which steps failed while they were asked, and why; return whether that fails the command."""
    for name, error in failures.items():
        say(f"Step {name!r} failed, and nothing of it is used: {error}")
    return bool(failures)
