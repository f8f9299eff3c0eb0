"""Loading the base model, once for all steps."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.backend.backend import Backend, BackendName, WeightRequest
from ft_core.engine.backend.choice import choose_backend
from ft_core.engine.base_model import BaseModel, find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.device import Device, find_device
from ft_core.engine.environment import go_offline
from ft_core.engine.memory_cap import cap_memory
from ft_core.engine.quiet import hush_transformers, output_to_log
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import BaseModelError, TrainingError
from ft_core.lora import LoraSettings

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["LoadedBase", "load_base", "start_stack"]

logger = logging.getLogger(__name__)

_TITLES = {"unsloth": "Unsloth", "hf": "transformers and PEFT"}

_NO_LIMIT = 4096  # what Unsloth is told for a model that names no context


@dataclass(frozen=True, slots=True)
class LoadedBase:
    """A base model in memory, ready to be given adapters.

    Attributes:
        base: which model it is.
        model: its weights, without any adapter.
        chat: its tokenizer and chat template.
        device: where it is.
        context: its longest row in tokens, None where it names none.
        backend: what it was loaded with.
    """

    base: BaseModel
    model: PreTrainedModel
    chat: Chat
    device: Device
    context: int | None
    backend: BackendName = "unsloth"

    def attach(self, settings: LoraSettings, *, seed: int, checkpointing: bool) -> AbstractContextManager[PeftModel]:
        """Give the base a fresh adapter inside the block, as :func:`ft_core.engine.adapter.attached_adapter` does."""
        return attached_adapter(self.model, settings, seed=seed, checkpointing=checkpointing, backend=self.backend)


def start_stack(config: FineTuneConfig) -> tuple[BaseModel, Backend, Device]:
    """Find the base model, go offline, and import the training stack in its right order; nothing is loaded.

    Raises:
        EngineMissingError: the training stack is not installed.
        BaseModelError: the model cannot be found.
        TrainingError: what is asked for needs another device, or bitsandbytes, which is not installed; or a limit of GPU memory
            cannot be kept.
    """
    device = find_device(config.device, load_in_4bit=config.load_in_4bit)
    if config.load_in_4bit and find_spec("bitsandbytes") is None:
        raise TrainingError(
            "load_in_4bit needs bitsandbytes, which is not installed. Run pip install bitsandbytes, or train without 4 bits."
        )
    base = find_base_model(config.model_name, device)
    go_offline()
    backend = choose_backend(config.backend)
    backend.start(device)
    hush_transformers()
    cap_memory(config, device)
    return base, backend, device


def load_base(config: FineTuneConfig, chat: Chat | None = None) -> LoadedBase:
    """Find the base model that the configuration names, and load it.

    Args:
        config: what was asked for.
        chat: the base's tokenizer and template, where they have been read before.

    Raises:
        BaseModelError: the model cannot be loaded.
        ChatTemplateError: its template cannot carry our prompts.

    Other errors are those of :func:`start_stack`.
    """
    base, backend, device = start_stack(config)
    folder = base.locate()
    chat = chat or Chat(load_tokenizer(folder))
    context = base.read_config().get("max_position_embeddings")
    request = WeightRequest(folder, device, _choose_dtype(config, device), config.load_in_4bit, context or _NO_LIMIT)
    model = _load_model(backend, base, request, config.seed)
    dtype = str(model.dtype).removeprefix("torch.")
    logger.info("Base model %s on %s, %s, with %s.", base.name, device, dtype, _TITLES[backend.name])
    return LoadedBase(base, model, chat, device, context, backend.name)


def _load_model(backend: Backend, base: BaseModel, request: WeightRequest, seed: int) -> PreTrainedModel:
    import_torch().manual_seed(seed)
    with output_to_log():
        try:
            model = backend.load(request)
        except Exception as error:  # readers of weights raise errors of their own kinds
            other = ", or train with --backend hf in a new process" if backend.name == "unsloth" else ""
            raise BaseModelError(
                f"The base model {base.name} cannot be loaded: {type(error).__name__}: {error}\n"
                f"Check its files, or choose another base model{other}."
            ) from error
    return model


def _choose_dtype(config: FineTuneConfig, device: Device) -> torch.dtype | None:
    torch = import_torch()
    if not config.bf16:
        return torch.float32
    if device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        logger.info("This GPU has no bfloat16; the base is computed in float16.")
        return torch.float16
    if device == "cuda":
        return torch.bfloat16
    # None lets the backend choose: on a CPU without bfloat16 instructions it is emulated, and twenty times slower than float32.
    return None
