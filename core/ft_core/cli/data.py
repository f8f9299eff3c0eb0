"""Where a command's tales come from, and what it does about those that cannot be read."""

from __future__ import annotations

import argparse

from ft_core.cli.output import say
from ft_core.corpus.loading import TaleSet

__all__ = ["add_data_flags", "warn_of_refused_tales"]


def add_data_flags(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the flags that name the folders of tales."""
    help_text = "folder of annotated tales, or one file; may be repeated"
    parser.add_argument("--data-dir", action="append", metavar="DIR", required=required, help=help_text)
    parser.add_argument("--keep-going", action="store_true", help="tales that cannot be read do not fail the command")


def warn_of_refused_tales(arguments: argparse.Namespace, tales: TaleSet) -> bool:
    """Say which files were refused and why; return whether that fails the command."""
    for refusal in tales.refusals:
        say(f"Refused: {refusal}")
    if tales.refusals and not arguments.keep_going:
        say("The other tales were used. Mend or remove the refused files, or accept this with --keep-going.")
    return bool(tales.refusals) and not arguments.keep_going
