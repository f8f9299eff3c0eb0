"""What the engine needs of a library that loads base models and adapts them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from ft_core.engine.device import Device
from ft_core.lora import LoraSettings

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["Backend", "BackendName", "WeightRequest"]

BackendName: TypeAlias = Literal["unsloth", "hf"]


@dataclass(frozen=True, slots=True)
class WeightRequest:
    """Which weights are loaded, and how.

    Attributes:
        folder: of the base model.
        device: where to.
        dtype: to compute in; None leaves the choice to the backend.
        load_in_4bit: whether the linear layers are kept in 4 bit.
        context: the longest row in tokens.
    """

    folder: Path
    device: Device
    dtype: torch.dtype | None
    load_in_4bit: bool
    context: int


class Backend(Protocol):
    """A library that loads base models and adapts them; ``name`` is what the settings call it."""

    name: BackendName

    def start(self, device: Device) -> None:
        """Import the library for a device, before anything else of the training stack.

        Raises:
            EngineMissingError: it is not installed.
            TrainingError: this process cannot use it any more.
        """

    def load(self, request: WeightRequest) -> PreTrainedModel:
        """Load the weights of a base model; errors are those of the library."""

    def adapt(
        self, model: PreTrainedModel, settings: LoraSettings, targets: list[str], *, seed: int, checkpointing: bool
    ) -> PeftModel:
        """Give a base model an adapter with fresh weights that the seed decides, in 32 bits.

        Args:
            model: the base.
            settings: rank, scale and dropout.
            targets: the kinds of linear layer, sorted.
            seed: of the first weights.
            checkpointing: whether activations are computed again in the backward pass.

        Raises:
            TrainingError: the model cannot compute activations again.
        """
