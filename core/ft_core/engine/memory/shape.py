"""The shape of a base model, as its configuration has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["KNOWN_KINDS", "LINEAR_LAYERS", "ModelShape", "read_shape"]

KNOWN_KINDS = ("gemma", "gemma2", "gemma3_text", "llama", "mistral", "qwen2", "qwen3")
"""The kinds of model whose parameters can be counted without loading them."""

LINEAR_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of each decoder layer of these kinds."""

_TIED = {"gemma", "gemma2", "gemma3_text"}  # where the configuration does not say it, transformers ties these
_FOUR_NORMS = {"gemma2", "gemma3_text"}
_HEAD_NORMS = {"qwen3", "gemma3_text"}


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes that parameters and activations depend on.

    Attributes:
        kind: the architecture: ``model_type`` of the configuration.
        layers: decoder layers.
        hidden, intermediate: widths of the residual stream and of the feed-forward part.
        heads, key_heads, head_size: of the attention.
        vocabulary: rows of the embedding and of the output layer.
        tied: whether the output layer is the embedding.
        query_bias, output_bias: whether q, k and v have a bias, and whether o has one.
        feed_forward_bias: whether gate, up and down have one.
    """

    kind: str
    layers: int
    hidden: int
    intermediate: int
    heads: int
    key_heads: int
    head_size: int
    vocabulary: int
    tied: bool = False
    query_bias: bool = False
    output_bias: bool = False
    feed_forward_bias: bool = False

    @property
    def query_width(self) -> int:
        """Numbers of a token's query, all heads together."""
        return self.heads * self.head_size

    @property
    def key_width(self) -> int:
        """Numbers of a token's key, and of its value."""
        return self.key_heads * self.head_size

    @property
    def norms(self) -> int:
        """Norms over the residual stream's width in a layer."""
        return 4 if self.kind in _FOUR_NORMS else 2

    @property
    def has_head_norms(self) -> bool:
        """Whether queries and keys are normed head by head."""
        return self.kind in _HEAD_NORMS

    def size_of(self, layer: str) -> tuple[int, int]:
        """Return input and output width of one of :data:`LINEAR_LAYERS`."""
        widths = {
            "q_proj": (self.hidden, self.query_width),
            "k_proj": (self.hidden, self.key_width),
            "v_proj": (self.hidden, self.key_width),
            "o_proj": (self.query_width, self.hidden),
            "gate_proj": (self.hidden, self.intermediate),
            "up_proj": (self.hidden, self.intermediate),
            "down_proj": (self.intermediate, self.hidden),
        }
        return widths[layer]


def read_shape(config: Mapping[str, Any]) -> ModelShape:
    """Read a base model's shape; what its configuration leaves out is as transformers has it, or as is usual.

    Args:
        config: of ``config.json``.
    """
    kind, hidden = str(config.get("model_type")), int(config.get("hidden_size") or 4096)
    heads = int(config.get("num_attention_heads") or 32)
    has_bias = bool(config.get("attention_bias"))
    tied = config.get("tie_word_embeddings")
    return ModelShape(
        kind=kind,
        layers=int(config.get("num_hidden_layers") or 32),
        hidden=hidden,
        intermediate=int(config.get("intermediate_size") or 4 * hidden),
        heads=heads,
        key_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(config.get("head_dim") or hidden // heads),
        vocabulary=int(config.get("vocab_size") or 32000),
        tied=kind in _TIED if tied is None else bool(tied),
        query_bias=has_bias or kind == "qwen2",
        output_bias=has_bias and kind != "qwen2",
        feed_forward_bias=bool(config.get("mlp_bias")),
    )
