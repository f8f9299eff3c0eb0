"""The memory of a forward pass: what it keeps for the backward pass, and what both need for a moment."""

from __future__ import annotations

from ft_core.engine.memory.computation import Computation, PackSize
from ft_core.engine.memory.shape import ModelShape

__all__ = ["activation_bytes", "workspace_bytes"]

_MEASURED_VECTORS = 2
"""Measured: vectors of the hidden size that Unsloth's layers hold beyond those that are counted below."""

_OFFLOADED = 4
"""Layer inputs on the GPU while Unsloth's checkpointing moves them: two on their way, and a copy of each."""

_CHUNK_BYTES, _CHUNK_LOGIT, _CHUNK_ROWS, _CHUNK_PARTS = 2 * 2**30, 8, 512, 8
"""Unsloth's fused loss: the size of a chunk of logits, bytes of one, the fewest rows, the fewest chunks
(``unsloth_zoo/fused_losses/chunked_logprob.py``, ``chunked_logprob_rows``)."""

_EXACT = 4
"""Bytes of a number in 32 bits."""

_LOGIT_16BIT, _LOGIT_32BIT = 16, 12
"""Bytes of a logit where all are made at once, by PyTorch's cross-entropy: the logit, its copy in 32 bits where it has 16,
the log-softmax that is kept, and the gradients of these."""


def activation_bytes(shape: ModelShape, pack: PackSize, way: Computation, rank: int) -> int:
    """Return the bytes that a pack's forward pass keeps for its backward pass.

    With checkpointing these are the inputs of the layers; Unsloth's moves them into the machine's memory, and back two at a
    time, with a copy of each.

    Args:
        shape: the base model's.
        pack: the largest pack.
        way: how it is computed.
        rank: of the adapter.
    """
    if way.checkpointing:
        return (_OFFLOADED if way.is_fast else shape.layers) * shape.hidden * way.width * pack.tokens
    return shape.layers * _layer_bytes(shape, pack, way, rank)


def workspace_bytes(shape: ModelShape, pack: PackSize, way: Computation, rank: int) -> int:
    """Return the bytes that are needed for a moment while all that is kept is there.

    That is at the loss, or then in a layer's backward pass, whichever takes more. The latter has gradients of three wide and
    four narrow vectors, and with checkpointing the activations of the layer.

    Args:
        shape: the base model's.
        pack: the largest pack.
        way: how it is computed.
        rank: of the adapter.
    """
    gradients = pack.tokens * way.width * (3 * shape.intermediate + 4 * shape.hidden)
    again = _layer_bytes(shape, pack, way, rank) if way.checkpointing else 0
    return max(_loss_bytes(shape, pack, way), gradients + again)


def _loss_bytes(shape: ModelShape, pack: PackSize, way: Computation) -> int:
    """Count logits and their gradients; only learnt tokens have any."""
    if way.loss == "whole":
        return pack.trained * shape.vocabulary * (_LOGIT_16BIT if way.width < _EXACT else _LOGIT_32BIT)
    rows = min(_CHUNK_BYTES // (shape.vocabulary * _CHUNK_LOGIT), max(_CHUNK_ROWS, -(-pack.trained // _CHUNK_PARTS)))
    return min(pack.trained, rows) * shape.vocabulary * _CHUNK_LOGIT


def _layer_bytes(shape: ModelShape, pack: PackSize, way: Computation, rank: int) -> int:
    return _fast_layer(shape, pack, way) if way.is_fast else _plain_layer(shape, pack, way, rank)


def _fast_layer(shape: ModelShape, pack: PackSize, way: Computation) -> int:
    """Count what a layer keeps on Unsloth's fast path.

    The input of each norm (hidden; ``kernels/rms_layernorm.py``), the normed input of q, k and v and that of gate and up
    (hidden each), gate and up (intermediate each; ``kernels/fast_lora.py``: ``LoRA_QKV``, ``LoRA_MLP``), query, key, value and
    what was attended with its 32-bit log-sum-exp (our attention), which is also the input of o; where heads are normed,
    queries and keys before it. The rest is made again in the backward pass.

    Measured: two more vectors of the hidden size. An H100, Qwen2 of 7.6 billion parameters in bfloat16, rank 16, shared packs
    of six steps with 2,515 to 6,253 tokens: peaks of 23.97 to 37.61 GiB (``bench/results/train_gpu.json``).
    """
    numbers = (shape.norms + 2 + _MEASURED_VECTORS) * shape.hidden + 2 * shape.intermediate
    numbers += 2 * shape.query_width + 2 * shape.key_width
    numbers += shape.has_head_norms * (shape.query_width + shape.key_width)
    return pack.tokens * (numbers * way.width + _EXACT * shape.heads)


def _plain_layer(shape: ModelShape, pack: PackSize, way: Computation, rank: int) -> int:
    """Count what a layer keeps with transformers and PEFT.

    The inputs of the adapters' first matrices: q, k and v share one, and gate and up, where the base has 32 bits too; a base of
    16 is converted for each, to the adapter's 32, or on a GPU, which computes in mixed precision, back to 16. Their outputs
    (rank). In 32 bits the input of each norm and of its root. In the base's own: gate, its activation, up, and what attention
    keeps. Counted on a CPU with ``torch.autograd.graph.saved_tensors_hooks``; on a GPU not measured.
    """
    converts = way.width < _EXACT
    inputs = (5 if converts else 2) * shape.hidden + shape.query_width + (1 if converts else 0) * shape.intermediate
    norms = shape.norms * (shape.hidden + 1)
    norms += shape.has_head_norms * (shape.query_width + shape.key_width + shape.heads + shape.key_heads)
    exact = norms + 7 * rank + shape.heads
    own = (3 if converts else 4) * shape.intermediate
    input_width = _EXACT if way.device == "cpu" else way.width
    kept = pack.tokens * (inputs * input_width + exact * _EXACT + own * way.width)
    return kept + way.width * _attention_numbers(shape, pack, way)


def _attention_numbers(shape: ModelShape, pack: PackSize, way: Computation) -> int:
    """Count query, attended values, keys and values.

    In 16 bits on a GPU all suffixes are one launch, which keeps the pack's own keys. Elsewhere keys and values are kept as
    often as they are attended to, for as many heads as the query has, and the masks with them.
    """
    ends = 2 * pack.tokens * shape.query_width
    if way.device == "cuda" and way.width < _EXACT:
        return ends + 2 * pack.tokens * shape.key_width
    return ends + 2 * pack.attended * shape.query_width + pack.mask
