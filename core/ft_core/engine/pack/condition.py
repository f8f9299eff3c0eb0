"""Whether rows can stand in one sequence, and why not where they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ft_core.engine.attention_window import find_windows
from ft_core.engine.backend.backend import BackendName
from ft_core.engine.device import Device

__all__ = ["UNSLOTHS_OWN", "say_why_not"]

_CAUSAL = {"gemma3_text", "llama", "mistral", "qwen2", "qwen3"}  # causal over all that is before or near, and nothing else

UNSLOTHS_OWN = frozenset({"gemma", "gemma2", "llama", "mistral", "qwen2", "qwen3"})
"""The kinds of model that Unsloth computes with fused kernels of its own on a GPU."""

_SET_BY_UNSLOTH = {"gemma3_text"}  # it puts an attention of its own into transformers' model, which cannot be chosen


def say_why_not(config: Mapping[str, Any], backend: BackendName, device: Device) -> str:
    """Say why rows cannot stand in one sequence, or return ``""`` where they can.

    Args:
        config: the base model's configuration.
        backend: what loads and adapts the base.
        device: where it is computed.
    """
    kind, windows = config.get("model_type"), find_windows(config)
    by_unsloth = backend == "unsloth"
    reasons = {
        f"{kind} models cap the products of their attention (softcapping), which the kernels that compute packs do not": (
            config.get("attn_logit_softcapping")
        ),
        f"the attention of {kind} models may be more than plainly causal": kind not in _CAUSAL,
        "its tokens see later ones (use_bidirectional_attention)": config.get("use_bidirectional_attention"),
        f"some layers attend in another way ({', '.join(sorted(set(config.get('layer_types') or ())))})": windows is None,
        f"Unsloth computes the attention of {kind} models in its own way; with --backend hf rows share their prefix": (
            by_unsloth and kind in _SET_BY_UNSLOTH
        ),
        "Unsloth does not tell our attention of sliding windows; with --backend hf rows share their prefix": (
            by_unsloth and device == "cuda" and any(windows or ())
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
