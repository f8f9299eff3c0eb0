"""How the rows of a step go into sequences: as was asked for, or as near to it as the base model allows."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase
from ft_core.engine.pack.condition import say_why_not
from ft_core.engine.pack.layout import common_prefix
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.rows import Row
from ft_core.lora import LoraSettings

__all__ = ["choose_packing", "pack_plainly"]

logger = logging.getLogger(__name__)

_BUDGETS = {"cpu": 4096, "cuda": 8192}
"""Tokens in a pack where nothing else is said: on a CPU so many that activations fit into a few gigabytes, on a GPU so many
that its kernels are busy; more was not faster."""


def choose_packing(
    step: str, loaded: LoadedBase, rows: Sequence[Row], settings: LoraSettings, config: FineTuneConfig
) -> PackingPlan:
    """Return how rows are packed; where that is not what was asked for, the log says why.

    Args:
        step: the step's name, for the log.
        loaded: the base model.
        rows: the rows that are packed together.
        settings: the adapter's.
        config: for ``packing`` and ``pack_tokens``.
    """
    budget = config.pack_tokens or _BUDGETS[loaded.device]
    if config.packing == "none":
        return PackingPlan("none", 0, budget, "packing none was asked for")
    why_not = say_why_not(loaded.model.config.to_dict(), loaded.backend, loaded.device)
    if why_not:
        logger.info("Step %s: every row goes alone: %s.", step, why_not)
        return PackingPlan("none", 0, budget, why_not)
    if config.packing == "plain":
        return PackingPlan("plain", 0, budget, "packing plain was asked for")
    prefix = common_prefix(rows)
    why_not = "LoRA dropout is not 0" if settings.dropout else "" if prefix else "the rows begin with different tokens"
    if why_not:
        logger.info("Step %s: rows do not share the prompt's static part: %s.", step, why_not)
        return PackingPlan("plain", 0, budget, why_not)
    return PackingPlan("shared", prefix, budget)


def pack_plainly(plan: PackingPlan, reason: str) -> PackingPlan:
    """Return a plan in which nothing is shared, with the reason."""
    return PackingPlan("plain", 0, plan.budget, reason)
