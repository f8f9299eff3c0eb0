"""``ft-core train --plan``: what would be trained, how, and in how much memory."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ft_core.cli.output import print_json, print_table
from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.memory.plan import plan_training
from ft_core.engine.memory.plan_text import list_table, list_words
from ft_core.step import Step

__all__ = ["add_plan_flags", "print_plan"]


def add_plan_flags(parser: argparse.ArgumentParser) -> None:
    """Add ``--plan``."""
    parser.add_argument(
        "--plan", action="store_true", help="print what would be trained, and in how much memory; train nothing"
    )


def print_plan(arguments: argparse.Namespace, data: TrainingData, steps: Sequence[Step], config: FineTuneConfig) -> None:
    """Print the plan of a training as text, or with ``--json`` as one document.

    Args:
        arguments: for ``json``.
        data: what would be trained on.
        steps: in the order in which they would be trained.
        config: what is asked for.

    Raises:
        UsageError: a size of GPU memory is given, and training on the CPU is asked for.
        TrainingError: training is not possible, or does not fit into the memory.
    """
    plan = plan_training(data, steps, config)
    if arguments.json:
        print_json(plan.as_json())
        return
    first, *others = list_words(plan)
    print(f"{first}\n")
    print_table(*list_table(plan))
    print("\n" + "\n".join(others))
