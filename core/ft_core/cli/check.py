"""``ft-core check``: what those who annotate tales may want to mend, one finding a line."""

from __future__ import annotations

import argparse

from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.corpus.checking.check_rule import CheckRules
from ft_core.corpus.checking.checked import Checked
from ft_core.corpus.checking.lint import check_tales

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="folder of annotated tales, or one file")
    parser.add_argument("--plausibility", action="store_true", help="hold the tales against the code book too")
    rules_help = "rules that are switched off; give them behind the folders"
    parser.add_argument("--without-rules", nargs="+", action="extend", default=[], metavar="RULE", help=rules_help)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the tales; only errors fail the command, warnings do not."""
    rules = CheckRules.without(arguments.without_rules)
    checked = check_tales(arguments.paths, rules, plausibility=arguments.plausibility)
    if arguments.json:
        print_json(checked.as_json())
    else:
        for finding in checked.findings:
            print(finding)
    if checked.superseded:
        say(f"Not checked, for a later version of the tale is there: {_count(len(checked.superseded), 'tale')}.")
    say(_summarise(checked))
    return int(checked.errors > 0)


def _summarise(checked: Checked) -> str:
    warnings = len(checked.findings) - checked.errors
    counts = ", ".join(f"{rule} {count}" for rule, count in checked.counts.items())
    told = f"{_count(checked.errors, 'error')} and {_count(warnings, 'warning')} in {_count(checked.tales, 'tale')}"
    return f"{told}: {counts}." if counts else f"{told}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)
