"""Whether the rows of a step share a forward pass, and how many do."""

from __future__ import annotations

import logging

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase
from ft_core.engine.rows import Rows
from ft_core.engine.shared_prefix import common_prefix, fit_rows, say_why_not
from ft_core.lora import LoraSettings

__all__ = ["choose_rows_per_pack"]

logger = logging.getLogger(__name__)


def choose_rows_per_pack(
    step: str, loaded: LoadedBase, rows: Rows, settings: LoraSettings, config: FineTuneConfig
) -> int | None:
    """Return how many rows share the static part of their prompt in one forward pass, or None where they go as they are.

    On a GPU they go as they are. On a CPU the log says why, where they cannot share.

    Args:
        step: the step's name, for the log.
        loaded: the base model.
        rows: all training rows.
        settings: the adapter's.
        config: for the size of an optimizer step, which stays what was asked for.
    """
    if loaded.device != "cpu":
        return None
    why_not = say_why_not(loaded.model.config.to_dict(), settings.dropout)
    if why_not:
        logger.info("Step %s: rows do not share the prompt's static part: %s.", step, why_not)
        return None
    prefix = common_prefix([row.input_ids for row in rows.rows], [row.prompt_length for row in rows.rows])
    lengths = [len(row.input_ids) for row in rows.rows]
    return fit_rows(lengths, prefix, config.batch_size * config.gradient_accumulation_steps)
