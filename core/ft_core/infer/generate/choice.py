"""The next token of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["Choice", "choose_tokens"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen token.

    Attributes:
        token: its id.
        log_probability: the natural logarithm of the probability that the model gave it among all tokens, allowed or not.
    """

    token: int
    log_probability: float


def choose_tokens(logits: torch.Tensor, masks: torch.Tensor | None) -> list[Choice]:
    """Choose each row's most probable allowed token, the first of several that are equal.

    Args:
        logits: of shape (rows, vocabulary).
        masks: on the CPU, as :meth:`ft_core.infer.constrain.constraint.Constraint.fill_masks` makes them; None allows all.
    """
    torch = import_torch()
    if logits.dtype in {torch.bfloat16, torch.float16}:
        logits = logits.float()
    allowed = logits if masks is None else logits.masked_fill(~_unpack(masks, logits), -torch.inf)
    tokens = allowed.argmax(-1, keepdim=True)
    probabilities = logits.gather(-1, tokens) - logits.logsumexp(-1, keepdim=True)
    # Both in one copy: 64 bits hold a token's number exactly.
    pairs = torch.cat([tokens.double(), probabilities.double()], dim=-1).tolist()
    return [Choice(int(token), probability) for token, probability in pairs]


def _unpack(masks: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    torch = import_torch()
    octets = masks.to(logits.device, non_blocking=True).view(torch.uint8)
    bits = octets[:, :, None] >> torch.arange(8, dtype=torch.uint8, device=logits.device) & 1
    return bits.view(len(masks), -1)[:, : logits.shape[1]].bool()
