"""The command line. Each command is a module of this package with ``add_arguments`` and ``run``, imported when it is named."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ft_core import __version__
from ft_core.errors import FtCoreError

__all__ = ["COMMANDS", "main", "make_parser"]

COMMANDS = {
    "steps": "list the installed steps, or check them",
    "new": "write a new step, to be installed and changed",
    "check": "check annotated tales without preparing anything",
    "prepare": "turn annotated tales into training examples",
    "preview": "show what the base model reads and learns of an example",
    "train": "train one adapter per step",
    "evaluate": "measure the adapters of a run on tales they never saw",
    "annotate": "annotate tales with trained adapters",
    "doctor": "say whether this machine is ready, and what to do where not",
}

_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``ft-core`` and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _print_any_character()
    parsed = make_parser(arguments).parse_args(arguments)
    try:
        code = int(import_module(f"ft_core.cli.{parsed.command}").run(parsed))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except FtCoreError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED


def _print_any_character() -> None:
    # A terminal or a pipe may have an encoding without Chinese or Japanese; a message must come through all the same.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def make_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Make the parser of the command line, with the flags of those commands that the arguments name."""
    parser = argparse.ArgumentParser(prog="ft-core", description="Fine-tune one LoRA adapter per annotation step.")
    parser.add_argument("--version", action="version", version=f"ft-core {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.", allow_abbrev=False)
        if name in arguments:  # only what is asked for is imported: --help must stay quick
            import_module(f"ft_core.cli.{name}").add_arguments(command)
    return parser
