"""Whether a loaded adapter does anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core.engine.chat import Chat
from ft_core.engine.contract.contract import Contract
from ft_core.engine.contract.prompt_terms import PromptTerms
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import AdapterError
from ft_core.prompt import Prompt

if TYPE_CHECKING:
    import torch
    from peft import PeftModel

__all__ = ["check_effect", "list_adapted"]

_PREFIX = "base_model.model."  # where PEFT puts the base inside its own model
_NOTHING_TO_ASK = Prompt("", "Once a fox lived by a river.")
_SHOWN = 3  # layers that are named

_REMEDY = "Train the step anew with --overwrite, or check that base and adapter belong together."


def check_effect(model: PeftModel, chat: Chat, adapter: str, contract: Contract) -> None:
    """Refuse an adapter that did not take effect: one that sits on other layers, or that leaves the base's answers as they are.

    Args:
        model: the base with the adapter loaded; the active adapters are the same afterwards.
        chat: the adapter's tokenizer and template.
        adapter: its name in the model.
        contract: the adapter's.

    Raises:
        AdapterError: the layers are not those of the contract, or the scores of the first answer token are, to the bit, those
            of the base.
    """
    _check_layers(adapter, contract.adapter.modules, list_adapted(model, adapter))
    ids = chat.prompt_ids(_choose_prompt(contract.prompts))
    active = list(model.active_adapters)
    try:
        model.set_adapter(adapter, inference_mode=True)
        with_adapter = _score(model, ids)
        with model.disable_adapter():
            alone = _score(model, ids)
    finally:
        model.base_model.set_adapter(active, inference_mode=True)
    if import_torch().equal(with_adapter, alone):
        raise AdapterError(
            f"The adapter {adapter!r} did not take effect: to a probe prompt the model answers exactly as its base does. "
            f"{_REMEDY}"
        )


def list_adapted(model: PeftModel, adapter: str) -> tuple[str, ...]:
    """Return the base's layers on which an adapter sits, sorted."""
    layers = (name for name, module in model.named_modules() if adapter in getattr(module, "lora_A", ()))
    return tuple(sorted(name.removeprefix(_PREFIX) for name in layers))


def _check_layers(adapter: str, expected: Sequence[str], found: Sequence[str]) -> None:
    missing, extra = sorted({*expected} - {*found}), sorted({*found} - {*expected})
    if missing or extra:
        named = ", ".join((missing or extra)[:_SHOWN]) + (" and others" if len(missing or extra) > _SHOWN else "")
        kind = "is missing on" if missing else "also sits on"
        raise AdapterError(
            f"The adapter {adapter!r} did not take effect: it was trained on {len(expected)} layers and sits on {len(found)}; "
            f"it {kind} {named}. {_REMEDY}"
        )


def _choose_prompt(prompts: PromptTerms) -> Prompt:
    return prompts.prompt_of(prompts.probes[0]) if prompts.probes else _NOTHING_TO_ASK


def _score(model: PeftModel, ids: Sequence[int]) -> torch.Tensor:
    torch = import_torch()
    with torch.no_grad():
        # All logits of the prompt would take gigabytes where the vocabulary is large.
        return model(input_ids=torch.tensor([ids], device=model.device), use_cache=False, logits_to_keep=1).logits
