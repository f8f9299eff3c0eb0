"""The learning rate of each optimizer step."""

from __future__ import annotations

__all__ = ["find_rate"]


def find_rate(step: int, *, peak: float, steps: int, warmup: int) -> float:
    """Return the learning rate of an optimizer step: a linear rise over the warm-up, then a linear fall to nothing.

    The formula is that of ``get_linear_schedule_with_warmup`` of transformers, but for the warm-up, which does not begin with a
    rate of 0: a step that changes nothing would be lost.

    Args:
        step: from 0.
        peak: the rate at the end of the warm-up.
        steps: optimizer steps in all.
        warmup: optimizer steps of the warm-up.

    >>> [find_rate(step, peak=1.0, steps=4, warmup=0) for step in range(4)]
    [1.0, 0.75, 0.5, 0.25]
    >>> [find_rate(step, peak=1.0, steps=3, warmup=1) for step in range(3)]
    [0.5, 1.0, 0.5]
    """
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return peak * max(0.0, (steps - step) / max(1, steps - warmup))
