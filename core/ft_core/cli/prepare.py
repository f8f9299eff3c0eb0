"""``ft-core prepare``: annotated tales in, JSONL training examples out."""

from __future__ import annotations

import argparse
from pathlib import Path

from ft_core.cli.data import add_data_flags, warn_of_refused_tales
from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.cli.selection import add_step_flags, select_steps, warn_of_broken_steps
from ft_core.cli.settings import DATA_FIELDS, add_setting_flags, resolve_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.report import build_report, format_report
from ft_core.corpus.writing import write_prepared
from ft_core.step import load_steps

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    add_data_flags(parser, required=True)
    parser.add_argument("--output-dir", required=True, metavar="DIR", help="folder for the JSONL files and the manifest")
    add_step_flags(parser)
    add_setting_flags(parser, DATA_FIELDS)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prepare the steps that were named, or all that are installed."""
    config = resolve_config(arguments)
    steps = load_steps()
    arguments.all_installed = arguments.all_installed or not arguments.steps
    chosen = select_steps(arguments, steps)
    preparation = prepare(arguments.data_dir, chosen, config)
    write_prepared(preparation, Path(arguments.output_dir))
    report = build_report(preparation)
    if arguments.json:
        print_json(report)
    else:
        print(format_report(report))
        say(f"\nWritten to {arguments.output_dir}.")
    failed = warn_of_broken_steps(arguments, steps)
    return int(warn_of_refused_tales(arguments, preparation.tales) or failed)
