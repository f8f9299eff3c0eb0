"""``ft-core train --plan``: what would be trained, how, and in how much memory."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ft_core.cli.output import print_json, print_table
from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.memory.plan import plan_training
from ft_core.engine.memory.plan_text import list_table, list_words
from ft_core.engine.memory.size import parse_size
from ft_core.step import Step

__all__ = ["add_plan_flags", "print_plan"]


def add_plan_flags(parser: argparse.ArgumentParser) -> None:
    """Add ``--plan`` and ``--gpu-memory``."""
    group = parser.add_argument_group("planning")
    group.add_argument("--plan", action="store_true", help="print what would be trained, and in how much memory; train nothing")
    group.add_argument(
        "--gpu-memory",
        metavar="SIZE",
        help="with --plan: plan for a GPU with so much memory, such as 8GB or 24GiB, not for this machine",
    )


def print_plan(arguments: argparse.Namespace, data: TrainingData, steps: Sequence[Step], config: FineTuneConfig) -> None:
    """Print the plan of a training as text, or with ``--json`` as one document.

    Args:
        arguments: for ``gpu_memory`` and ``json``.
        data: what would be trained on.
        steps: in the order in which they would be trained.
        config: what is asked for.

    Raises:
        UsageError: ``--gpu-memory`` is not a size, or training on the CPU is asked for at the same time.
        TrainingError: training is not possible, or does not fit into the memory.
    """
    gpu_memory = None if arguments.gpu_memory is None else parse_size(arguments.gpu_memory)
    plan = plan_training(data, steps, config, gpu_memory)
    if arguments.json:
        print_json(plan.as_json())
        return
    first, *others = list_words(plan)
    print(f"{first}\n")
    print_table(*list_table(plan))
    print("\n" + "\n".join(others))
