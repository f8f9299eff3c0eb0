"""Counting parameters from a model's shape: of the base, and of an adapter on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ft_core.engine.memory.shape import KNOWN_KINDS, LINEAR_LAYERS, ModelShape
from ft_core.errors import UnknownShapeError
from ft_core.lora import LoraSettings

__all__ = ["BaseParameters", "count_adapter", "count_base"]


@dataclass(frozen=True, slots=True)
class BaseParameters:
    """How many parameters a base model has.

    Attributes:
        linear: weights of the decoder layers' linear layers; 4-bit loading quantises these and no others.
        embedding: of the embedding, and of the output layer where it is another matrix.
        rest: norms and biases.
    """

    linear: int
    embedding: int
    rest: int

    @property
    def total(self) -> int:
        """All parameters."""
        return self.linear + self.embedding + self.rest


def count_base(shape: ModelShape) -> BaseParameters:
    """Count a base model's parameters, exactly; the layers are those of transformers' ``modeling_<kind>.py``.

    Raises:
        UnknownShapeError: the model is of another kind.
    """
    if shape.kind not in KNOWN_KINDS:
        raise UnknownShapeError(
            f"The memory of a {shape.kind} model cannot be estimated: its layers are not known. "
            f"Known: {', '.join(KNOWN_KINDS)}."
        )
    biases = shape.query_bias * (shape.query_width + 2 * shape.key_width) + shape.output_bias * shape.hidden
    biases += shape.feed_forward_bias * (2 * shape.intermediate + shape.hidden)
    norms = shape.norms * shape.hidden + shape.has_head_norms * 2 * shape.head_size
    return BaseParameters(
        linear=shape.layers * sum(_multiply(shape.size_of(layer)) for layer in LINEAR_LAYERS),
        embedding=shape.vocabulary * shape.hidden * (1 if shape.tied else 2),
        rest=shape.layers * (biases + norms) + shape.hidden,  # the last norm stands behind the layers
    )


def count_adapter(shape: ModelShape, settings: LoraSettings) -> int:
    """Count an adapter's parameters: ``r * (in + out)`` for each adapted layer (Hu et al. 2021, arXiv:2106.09685).

    Args:
        shape: the base model's.
        settings: the adapter's; layers that the base does not have are not counted.
    """
    targets: Sequence[str] = LINEAR_LAYERS if settings.target_modules is None else settings.target_modules
    return shape.layers * settings.r * sum(sum(shape.size_of(layer)) for layer in targets if layer in LINEAR_LAYERS)


def _multiply(size: tuple[int, int]) -> int:
    return size[0] * size[1]
