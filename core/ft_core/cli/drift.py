"""The flag that lets adapters be used with something else than what they were trained with."""

from __future__ import annotations

import argparse

__all__ = ["add_drift_flag"]


def add_drift_flag(parser: argparse.ArgumentParser) -> None:
    """Add ``--allow-drift``."""
    parser.add_argument(
        "--allow-drift",
        action="store_true",
        help="use adapters although prompts, chat template or base model are not those of their training; it is told",
    )
