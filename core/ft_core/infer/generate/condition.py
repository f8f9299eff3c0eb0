"""Whether prompts can share the keys and values of their beginning."""

from __future__ import annotations

from typing import Any

from ft_core.engine.attention_window import find_windows
from ft_core.engine.pack.condition import say_why_not
from ft_core.engine.unsloth_stack import import_torch

__all__ = ["can_share_prefix"]


def can_share_prefix(model: Any) -> bool:
    """Say whether every layer of a model attends through our attention and as it knows to; to be asked inside the block.

    A model with windows has to be of a kind that is known, and each layer has to tell our attention the window of its
    configuration.
    """
    torch, config = import_torch(), model.config.get_text_config()
    described = config.to_dict()
    windows = find_windows(described)
    if windows is None or (any(windows) and say_why_not(described, "hf", model.device.type)):
        return False
    readers: list[tuple[int, int | None]] = []
    try:
        model(input_ids=torch.zeros((1, 1), dtype=torch.int64, device=model.device), use_cache=False, prefix_readers=readers)
    except TypeError:  # an architecture that takes no arguments for its attention
        return False
    return sorted(readers, key=lambda reader: reader[0]) == list(enumerate(windows))
