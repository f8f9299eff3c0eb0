"""Where a command's tales come from, and what it does about those that cannot be read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ft_core.cli.output import say
from ft_core.corpus.reading.record import Refusal

__all__ = ["add_data_flags", "warn_of_refused_tales"]

_TOLD = 50


def add_data_flags(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the flags that name the folders of tales, and say how they are read."""
    help_text = "folder of annotated tales, or one file; may be repeated"
    parser.add_argument("--data-dir", action="append", metavar="DIR", required=required, help=help_text)
    parser.add_argument("--keep-going", action="store_true", help="tales that cannot be read do not fail the command")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes that read tales; the result is the same (default: one)"
    )


def warn_of_refused_tales(arguments: argparse.Namespace, refusals: Sequence[Refusal]) -> bool:
    """Say which files were refused and why; return whether that fails the command."""
    for refusal in refusals[:_TOLD]:
        say(f"Refused: {refusal}")
    if len(refusals) > _TOLD:
        say(f"Refused: and {len(refusals) - _TOLD} more problems, which the report has.")
    if refusals and not arguments.keep_going:
        say("The other tales were used. Mend or remove the refused files, or accept this with --keep-going.")
    return bool(refusals) and not arguments.keep_going
