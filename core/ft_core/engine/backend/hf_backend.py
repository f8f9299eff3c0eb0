"""Loading and adapting with plain transformers and PEFT, for machines where Unsloth will not go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ft_core.engine.backend.backend import BackendName, WeightRequest
from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.device import Device
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import TrainingError
from ft_core.lora import LoraSettings

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["HfBackend"]


class HfBackend:
    """transformers and PEFT as they are; Unsloth need not be installed."""

    name: BackendName = "hf"

    def start(self, device: Device) -> None:
        """Import PyTorch; on a GPU refuse a process in which Unsloth has patched transformers already."""
        import_torch()
        if device == "cuda" and "unsloth" in sys.modules:
            raise TrainingError(
                "This process has imported Unsloth, which patches transformers. Train with --backend hf in a new one."
            )

    def load(self, request: WeightRequest) -> PreTrainedModel:
        """Load with ``AutoModelForCausalLM``; on a CPU in bfloat16 where it has instructions for that.

        Attention is PyTorch's fused one, transformers' default, where the architecture has it.
        """
        from transformers import AutoModelForCausalLM

        library = import_torch()
        dtype = request.dtype or (library.bfloat16 if has_bfloat16() else library.float32)
        options: dict[str, Any] = {"dtype": dtype}
        if request.load_in_4bit:
            # Each process of several has a GPU of its own, the current one.
            options |= {"quantization_config": _describe_4bit(dtype), "device_map": {"": library.cuda.current_device()}}
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(request.folder), **options)
        if not request.load_in_4bit:
            model.to(request.device)
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        return model

    def adapt(
        self, model: PreTrainedModel, settings: LoraSettings, targets: list[str], *, seed: int, checkpointing: bool
    ) -> PeftModel:
        """Adapt with PEFT's ``get_peft_model``."""
        from peft import LoraConfig, get_peft_model

        if checkpointing:
            _enable_checkpointing(model)
        import_torch().manual_seed(seed)
        config = LoraConfig(
            r=settings.r,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=targets,
            bias="none",
            task_type="CAUSAL_LM",
        )
        return get_peft_model(model, config)


def _enable_checkpointing(model: PreTrainedModel) -> None:
    if not model.supports_gradient_checkpointing:
        raise TrainingError(
            f"{model.config.model_type} models cannot compute their activations again, and keeping them takes more memory "
            f"than this GPU has free. Train with a smaller --pack-tokens or --batch-size, or choose another base model."
        )
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})


def _describe_4bit(dtype: Any) -> Any:
    """Return how linear layers are kept in 4 bit: the same format as Unsloth's."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )
