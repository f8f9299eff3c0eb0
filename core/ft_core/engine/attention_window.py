"""How far back each layer of a base model sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["find_windows"]

_SEES_ALL, _SEES_NEAREST = "full_attention", "sliding_attention"


def find_windows(config: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    """Return for each layer how many tokens a token sees, itself and those before it; None for a layer that sees all.

    Args:
        config: the base model's configuration.

    Returns:
        The layers' windows, or None where a layer attends in another way.

    >>> find_windows({"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 512})
    (512, None)
    >>> find_windows({"model_type": "mistral", "sliding_window": 4096, "num_hidden_layers": 2})
    (4096, 4096)
    """
    window = config.get("sliding_window") if config.get("use_sliding_window", True) else None
    kinds = config.get("layer_types")
    if kinds is None:  # as in Mistral, whose layers are alike
        return (window or None,) * int(config.get("num_hidden_layers") or 1)
    if set(kinds) - {_SEES_ALL, _SEES_NEAREST}:
        return None
    return tuple(window if kind == _SEES_NEAREST else None for kind in kinds)
