"""Loading and adapting with Unsloth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core.engine.backend.backend import BackendName, WeightRequest
from ft_core.engine.device import Device
from ft_core.engine.unsloth_stack import import_unsloth
from ft_core.lora import LoraSettings

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["UnslothBackend"]


class UnslothBackend:
    """Unsloth: fused kernels on a GPU; on a CPU it trains through stock transformers and PEFT."""

    name: BackendName = "unsloth"

    def start(self, device: Device) -> None:
        """Import Unsloth, which patches transformers and must come first."""
        import_unsloth(device)

    def load(self, request: WeightRequest) -> PreTrainedModel:
        """Load with ``FastLanguageModel``."""
        from unsloth import FastLanguageModel

        model, _ = FastLanguageModel.from_pretrained(
            str(request.folder),
            max_seq_length=request.context,
            dtype=request.dtype,
            load_in_4bit=request.load_in_4bit,
            use_gradient_checkpointing=False,
        )
        return model

    def adapt(
        self, model: PreTrainedModel, settings: LoraSettings, targets: list[str], *, seed: int, checkpointing: bool
    ) -> PeftModel:
        """Adapt with Unsloth's ``get_peft_model``."""
        from unsloth import FastLanguageModel

        return FastLanguageModel.get_peft_model(
            model,
            r=settings.r,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=targets,
            bias="none",
            use_gradient_checkpointing="unsloth" if checkpointing else False,
            random_state=seed,
        )
