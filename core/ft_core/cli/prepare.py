"""``ft-core prepare``: annotated tales in, JSONL training examples out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.cli.data import add_data_flags, warn_of_refused_tales
from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.cli.selection import add_step_flags, select_steps, warn_of_broken_steps, warn_of_failed_steps
from ft_core.cli.settings import DATA_FIELDS, add_setting_flags, resolve_config
from ft_core.corpus.manifest import PAGE
from ft_core.corpus.preparing import prepare
from ft_core.corpus.process_pool import check_workers
from ft_core.corpus.reporting.report_text import format_report
from ft_core.corpus.writing import write_prepared
from ft_core.step import load_steps

if TYPE_CHECKING:
    from ft_core.engine.token_length import TokenRuler

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    add_data_flags(parser, required=True)
    parser.add_argument("--output-dir", required=True, metavar="DIR", help="folder for the JSONL files, manifest and report")
    add_step_flags(parser)
    add_setting_flags(parser, DATA_FIELDS)
    parser.add_argument(
        "--model-name", metavar="NAME", help="tell lengths in the tokens of this base model; needs the training stack"
    )
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prepare the steps that were named, or all that are installed."""
    config = resolve_config(arguments)
    steps = load_steps()
    arguments.all_installed = arguments.all_installed or not arguments.steps
    chosen = select_steps(arguments, steps)
    workers, out = check_workers(arguments.workers), Path(arguments.output_dir)
    ruler = _find_ruler(arguments.model_name)  # first, for a wrong name is to be told before all tales are read
    with prepare(arguments.data_dir, chosen, config, workers=workers, beside=out) as preparation:
        report = write_prepared(preparation, out, ruler.measure(preparation) if ruler else None)
    if arguments.json:
        print_json(report)
    else:
        print(format_report(report))
        say(f"\nWritten to {out}. Look at {out / PAGE} in a browser.")
    failed = warn_of_broken_steps(arguments, steps), warn_of_failed_steps(preparation.failures)
    return int(warn_of_refused_tales(arguments, preparation.refusals) or any(failed))


def _find_ruler(model_name: str | None) -> TokenRuler | None:
    if model_name is None:
        return None
    from ft_core.engine.token_length import TokenRuler

    return TokenRuler(model_name)
