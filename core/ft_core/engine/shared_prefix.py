"""Several rows in one sequence, with the prompt's common beginning computed once.

All examples of a step share the static part of their prompt. A pack is ``[prefix][suffix 1][suffix 2]…``: each suffix attends
to the prefix and to itself, and its positions continue from the prefix, so losses and gradients are those of the separate
rows. Here for a CPU: one causal attention for the prefix and one for each suffix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = [
    "ATTENTION",
    "Pack",
    "attending_to_prefix",
    "common_prefix",
    "fit_rows",
    "pack_rows",
    "say_why_not",
    "shared_prefix_attention",
    "summed_loss",
]

ATTENTION = "ft_core_shared_prefix"
"""The name under which transformers knows our attention."""

_PACK_TOKENS = 4096  # in a pack on a CPU, so that its activations fit into a few gigabytes

_PLAIN_ATTENTION = {"llama", "mistral", "qwen2", "qwen3"}  # causal over everything before, nothing else


@dataclass(frozen=True, slots=True)
class Pack:
    """Rows in one sequence of T tokens, ``prefix + sum(suffixes) == T``.

    Attributes:
        prefix: the number of tokens that all rows begin with.
        suffixes: the number of further tokens of each row.
        input_ids, position_ids: of shape (1, T).
        predicting: the places, of shape (n,), whose next token is learnt.
        targets: these tokens, of shape (n,).
    """

    prefix: int
    suffixes: tuple[int, ...]
    input_ids: torch.Tensor
    position_ids: torch.Tensor
    predicting: torch.Tensor
    targets: torch.Tensor


def common_prefix(rows: Sequence[Sequence[int]], prompt_lengths: Sequence[int]) -> int:
    """Return how many tokens all rows begin with, less than any prompt: its last token is where an answer is predicted."""
    longest = min(prompt_lengths) - 1
    first = rows[0]
    return next((i for i in range(longest) if any(row[i] != first[i] for row in rows)), longest)


def pack_rows(rows: Sequence[Sequence[int]], prompt_lengths: Sequence[int]) -> Pack:
    """Put rows into one sequence.

    Args:
        rows: the token ids of each row, prompt and answer.
        prompt_lengths: how many of them are the prompt.
    """
    torch = import_torch()
    prefix = common_prefix(rows, prompt_lengths)
    ids, positions = list(rows[0][:prefix]), list(range(prefix))
    predicting: list[int] = []
    targets: list[int] = []
    for row, prompt in zip(rows, prompt_lengths, strict=True):
        start = len(ids) - prefix  # where the row would begin if its suffix stood here
        ids += row[prefix:]
        positions += range(prefix, len(row))
        predicting += range(start + prompt - 1, start + len(row) - 1)
        targets += row[prompt:]
    return Pack(
        prefix,
        tuple(len(row) - prefix for row in rows),
        torch.tensor([ids]),
        torch.tensor([positions]),
        torch.tensor(predicting),
        torch.tensor(targets),
    )


def fit_rows(lengths: Sequence[int], prefix: int, rows_per_step: int) -> int:
    """Return how many rows go into one pack: as many as fit, of the numbers that divide an optimizer step evenly.

    Args:
        lengths: of all rows, in tokens.
        prefix: the tokens that they share.
        rows_per_step: the rows of an optimizer step.
    """
    longest = max(lengths) - prefix
    fitting = [n for n in range(1, rows_per_step + 1) if rows_per_step % n == 0 and prefix + n * longest <= _PACK_TOKENS]
    return max(fitting, default=1)


def say_why_not(config: Mapping[str, Any], dropout: float) -> str | None:
    """Say why rows cannot share their prefix, or return None where they can.

    Args:
        config: the base model's configuration.
        dropout: the adapter's; with dropout every row would have to draw its own.
    """
    if dropout:
        return "LoRA dropout is not 0"
    if config.get("model_type") not in _PLAIN_ATTENTION:
        return f"the attention of {config.get('model_type')} models may be more than plainly causal"
    slides = config.get("sliding_window") and config.get("use_sliding_window", True)
    if slides or "sliding_attention" in (config.get("layer_types") or ()):
        return "some layers attend to a sliding window only"
    return None


@contextmanager
def attending_to_prefix(model: PreTrainedModel) -> Iterator[None]:
    """Let the model use our attention inside the block; without a pack it is PyTorch's."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    AttentionInterface.register(ATTENTION, shared_prefix_attention)
    AttentionMaskInterface.register(ATTENTION, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])
    before = model.config._attn_implementation
    model.set_attn_implementation(ATTENTION)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def shared_prefix_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    pack: Pack | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend from each suffix to the prefix and to itself; an attention function of transformers.

    Args:
        module: the attention layer; its ``num_key_value_groups`` says how many query heads share a key head.
        query: of shape (1, heads, T, size).
        key: of shape (1, heads / groups, T, size).
        value: of the shape of ``key``.
        attention_mask: used only where there is no pack.
        scaling: of the products, by default ``size ** -0.5``.
        pack: the layout of the T tokens.
        others: passed on where there is no pack.

    Returns:
        The attended values, of shape (1, T, heads, size), and no weights.
    """
    from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward

    if pack is None:
        attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return attended
    groups = getattr(module, "num_key_value_groups", 1)
    key, value = repeat_kv(key, groups), repeat_kv(value, groups)
    parts = list(_attend_parts(query, key, value, pack, scaling))
    return import_torch().cat(parts, dim=2).transpose(1, 2).contiguous(), None


def summed_loss(model: Any, pack: Pack) -> torch.Tensor:
    """Return the sum over a pack's learnt tokens of ``-log p``, with logits at these tokens only.

    Args:
        model: a causal language model inside :func:`attending_to_prefix`.
        pack: on the model's device.
    """
    logits = model(
        input_ids=pack.input_ids, position_ids=pack.position_ids, pack=pack, logits_to_keep=pack.predicting, use_cache=False
    ).logits
    loss: torch.Tensor = import_torch().nn.functional.cross_entropy(logits[0].float(), pack.targets, reduction="sum")
    return loss


def _attend_parts(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, pack: Pack, scaling: float | None
) -> Iterator[torch.Tensor]:
    torch = import_torch()
    attend = torch.nn.functional.scaled_dot_product_attention
    prefix = slice(0, pack.prefix)
    if pack.prefix:
        yield attend(query[:, :, prefix], key[:, :, prefix], value[:, :, prefix], is_causal=True, scale=scaling)
    start = pack.prefix
    for length in pack.suffixes:
        own = slice(start, start + length)
        keys, values = (torch.cat([each[:, :, prefix], each[:, :, own]], dim=2) for each in (key, value))
        visible = torch.ones(length, pack.prefix + length, dtype=torch.bool, device=query.device).tril(pack.prefix)
        yield attend(query[:, :, own], keys, values, attn_mask=visible, scale=scaling)
        start += length
