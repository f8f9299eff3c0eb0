"""Whether rows can stand in one sequence, and why not where they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["say_why_not"]

_PLAIN_ATTENTION = {"llama", "mistral", "qwen2", "qwen3"}  # causal over everything before, nothing else


def say_why_not(config: Mapping[str, Any]) -> str:
    """Say why rows cannot stand in one sequence, or return ``""`` where they can.

    Args:
        config: the base model's configuration.
    """
    if config.get("model_type") not in _PLAIN_ATTENTION:
        return f"the attention of {config.get('model_type')} models may be more than plainly causal"
    slides = config.get("sliding_window") and config.get("use_sliding_window", True)
    if slides or "sliding_attention" in (config.get("layer_types") or ()):
        return "some layers attend to a sliding window only"
    return ""
