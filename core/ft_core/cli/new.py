"""``ft-core new``: a new step, to be installed and changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from ft_core.cli.output import add_json_flag, print_json
from ft_core.scaffold import write_new_step
from ft_core.step_info import Scope

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("name", metavar="NAME", help="the step's name, such as sentiment or tale_type")
    scope_help = "ask once per event, or once per tale (default: event)"
    parser.add_argument("--scope", choices=get_args(Scope), default="event", help=scope_help)
    folder_help = "where the folder ft-NAME is made (default: here)"
    parser.add_argument("--output-dir", type=Path, default=Path(), metavar="DIR", help=folder_help)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the step, and say what to do with it."""
    folder = write_new_step(arguments.name, arguments.scope, arguments.output_dir)
    places = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if arguments.json:
        print_json({"step": arguments.name, "scope": arguments.scope, "folder": str(folder), "files": places})
        return 0
    shown = folder if folder.is_absolute() else f"./{folder}"
    package = next(place for place in places if place.endswith("hooks.py"))
    print(f"Wrote {shown}, a step that works as it is. What to do:")
    print(f"  pip install -e {shown}")
    print(f"  ft-core steps --check {arguments.name}")
    print(f"Then make it yours: {package} and {package.replace('hooks.py', 'schema.json')}; its README says how.")
    return 0
