"""What was trained: the adapter's weights, and the layers of the base that they belong to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ft_core.engine.contract.content_hash import hash_file
from ft_core.engine.contract.weight_hash import read_header
from ft_core.errors import AdapterError

__all__ = ["WEIGHTS_FILE", "AdapterTerms", "describe_adapter"]

WEIGHTS_FILE = "adapter_model.safetensors"

_PREFIX, _SUFFIX = "base_model.model.", ".lora_A.weight"  # as PEFT calls them


@dataclass(frozen=True, slots=True)
class AdapterTerms:
    """An adapter.

    Attributes:
        weights: SHA-256 of ``adapter_model.safetensors``.
        modules: the base's layers that have weights in it, sorted.
    """

    weights: str
    modules: tuple[str, ...]


def describe_adapter(folder: Path) -> AdapterTerms:
    """Return the terms of the adapter in a folder.

    Raises:
        AdapterError: its weights are missing or damaged.
    """
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as file:
            names = json.loads(read_header(file))
        digest = hash_file(path)
    except (OSError, ValueError) as error:
        raise AdapterError(f"{path} cannot be read: {error}. Train the step anew with --overwrite.") from error
    layers = {name.removesuffix(_SUFFIX).removeprefix(_PREFIX) for name in names if name.endswith(_SUFFIX)}
    return AdapterTerms(digest, tuple(sorted(layers)))
