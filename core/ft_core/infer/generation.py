"""Asking a base model with its adapters: the same prompt ids as in training, greedy answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.device import Device, find_device
from ft_core.engine.environment import go_offline, prepare_environment
from ft_core.engine.quiet import hush_transformers, output_to_log
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import BaseModelError
from ft_core.prompt import Prompt

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["AnsweringModel", "generate_answer", "load_adapter", "load_adapters"]


@dataclass(frozen=True, slots=True)
class AnsweringModel:
    """A base model with adapters, one of which answers at a time.

    Attributes:
        model: the base with the adapters, by their folders' names.
        chats: the tokenizer and template that each adapter was saved with.
    """

    model: PeftModel
    chats: Mapping[str, Chat]


def load_adapter(folder: str | Path, device: Device | None = None) -> AnsweringModel:
    """Load one adapter on its base model; it is called by its folder's name.

    Raises: as :func:`load_adapters`.
    """
    return load_adapters([folder], device)


def load_adapters(folders: Sequence[str | Path], device: Device | None = None) -> AnsweringModel:
    """Load adapters of one base model, and the base once.

    Args:
        folders: the adapters' folders, with names that differ.
        device: a GPU where there is one, if None.

    Raises:
        BaseModelError: a folder holds no adapter, the adapters have different bases, or the base cannot be found.
    """
    prepare_environment()
    paths = [Path(folder) for folder in folders]
    bases = {_read_base_name(path) for path in paths}
    if len(bases) != 1:
        raise BaseModelError(f"The adapters have different base models: {', '.join(sorted(bases))}. Load them apart.")
    device = device or find_device("auto")
    model = _load_base(bases.pop(), device)
    hush_transformers()
    from peft import PeftModel

    adapted = PeftModel.from_pretrained(model, paths[0], adapter_name=paths[0].name)
    for path in paths[1:]:
        adapted.load_adapter(path, adapter_name=path.name)
    return AnsweringModel(adapted.eval(), {path.name: Chat(load_tokenizer(path)) for path in paths})


def generate_answer(
    answering: AnsweringModel, adapter: str, prompt: Prompt, *, max_new_tokens: int = 256, use_adapter: bool = True
) -> str:
    """Return the greedy answer to a prompt, without its EOS.

    Args:
        answering: the loaded base and adapters.
        adapter: which adapter's prompt format to use, and which adapter.
        prompt: as ``build_prompt`` made it.
        max_new_tokens: the answer is cut after so many tokens.
        use_adapter: False asks the base model alone.
    """
    from transformers import GenerationConfig

    torch = import_torch()
    chat, model = answering.chats[adapter], answering.model
    ids = torch.tensor([chat.prompt_ids(prompt)], device=model.device)
    # Every field that a base's own generation settings may set otherwise is given here.
    settings = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        repetition_penalty=1.0,
        eos_token_id=chat.eos,
        pad_token_id=chat.eos,
    )
    with torch.no_grad(), _choose(model, adapter, use_adapter=use_adapter):
        answer = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=settings)
    return str(chat.tokenizer.decode(answer[0, ids.shape[1] :], skip_special_tokens=True))


@contextmanager
def _choose(model: PeftModel, adapter: str, *, use_adapter: bool) -> Iterator[None]:
    model.set_adapter(adapter, inference_mode=True)
    if use_adapter:
        yield
    else:
        with model.disable_adapter():
            yield


def _read_base_name(folder: Path) -> str:
    path = folder / "adapter_config.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(f"{folder} holds no adapter: {path.name} cannot be read ({error}). Train it first.") from error


def _load_base(name: str, device: Device) -> PreTrainedModel:
    base = find_base_model(name, device)
    go_offline()
    torch = import_torch()
    from transformers import AutoModelForCausalLM

    hush_transformers()
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    with output_to_log():
        return AutoModelForCausalLM.from_pretrained(base.locate(), dtype=dtype).to(device)
