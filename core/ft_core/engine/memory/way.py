"""How a training computes its base model where memory is no matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.engine.backend.backend import BackendName
from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.device import Device
from ft_core.engine.memory.computation import Computation, Width
from ft_core.engine.pack.condition import UNSLOTHS_OWN, say_why_not
from ft_core.engine.pack.plan import Packing

__all__ = ["choose_way"]


def choose_way(
    config: FineTuneConfig, device: Device, base: Mapping[str, Any], packing: Packing, backend: BackendName
) -> Computation:
    """Return how a base is computed, as :mod:`ft_core.engine.loading` and :mod:`ft_core.engine.pack.choice` have it.

    Args:
        config: for ``bf16`` and ``load_in_4bit``.
        device: where.
        base: the base model's configuration.
        packing: what rows of a pack share.
        backend: what loads and adapts the base.
    """
    computes_in_16 = config.bf16 and (device == "cuda" or has_bfloat16())
    width: Width = 2 if computes_in_16 else 4
    is_fast = device == "cuda" and computes_in_16 and backend == "unsloth" and base.get("model_type") in UNSLOTHS_OWN
    by_the_model = packing == "none" and bool(say_why_not(base, backend, device))
    return Computation(
        device, width, is_fast=is_fast, in_4bit=config.load_in_4bit, loss="fused" if is_fast and not by_the_model else "whole"
    )
