"""Watching a training: whether it still gets better on the validation tales, and whether its loss runs away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from ft_core.config import FineTuneConfig
from ft_core.engine.loop.state import Best, LoopState

__all__ = ["describe_runaway", "note_evaluation", "note_loss"]

_WINDOW = 20
"""Losses that a new one is compared with."""

_FEWEST = 10
"""So many losses must be there before one can be called a spike."""

_SPIKE = 10.0
"""A loss of so many times the median of the last ones, and twice the first of all, is a spike."""


def note_evaluation(state: LoopState, val_loss: float, config: FineTuneConfig) -> bool:
    """Note a validation loss, and say whether it is that of the weights to keep.

    Training is to stop (``state.stopped``) after ``early_stopping_patience`` evaluations in a row that were not better than the
    best by ``early_stopping_threshold``. A loss that is lower by less is still the best: its weights are kept. Where the last
    weights are to be kept, training never stops for its validation loss, and each evaluation takes the place of the one before.

    Args:
        state: of the training, which is changed.
        val_loss: mean over the learnt tokens of the validation rows, natural logarithm.
        config: says which weights are kept, and when to stop.
    """
    patience, threshold = config.early_stopping_patience, config.early_stopping_threshold
    before = state.best.val_loss if state.best and config.keep_weights == "best" else math.inf
    state.waited = 0 if val_loss < before - threshold else state.waited + 1
    if patience and state.waited >= patience:
        state.stopped = f"the validation loss was not better by {threshold:g} in {state.waited} evaluations"
    if val_loss < before:
        state.best = Best(state.step, val_loss)
        return True
    return False


def note_loss(state: LoopState, loss: float) -> None:
    """Note the loss of an optimizer step."""
    state.first_loss = loss if state.first_loss is None else state.first_loss
    state.recent = [*state.recent[1 - _WINDOW :], loss]


def describe_runaway(state: LoopState, loss: float, stories: Sequence[str]) -> str:
    """Say why a loss must stop the training, with the tales of its batch, or return ``""`` where it need not."""
    told = ", ".join(dict.fromkeys(stories))
    if not math.isfinite(loss):
        return f"the loss of optimizer step {state.step + 1} is {loss}; its examples are of: {told}. Lower the learning rate."
    if len(state.recent) < _FEWEST or state.first_loss is None:
        return ""
    usual = median(state.recent)
    if loss > _SPIKE * usual and loss > 2 * state.first_loss:
        return (
            f"the loss of optimizer step {state.step + 1} jumped to {loss:.4g} from about {usual:.4g}; its examples are of: "
            f"{told}. Look at them, or lower the learning rate."
        )
    return ""
