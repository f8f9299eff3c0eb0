"""The contract of an adapter: everything that an answer depends on besides the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.contract.adapter_terms import AdapterTerms, describe_adapter
from ft_core.engine.contract.base_terms import BaseTerms, describe_base
from ft_core.engine.contract.chat_terms import ChatTerms, describe_chat
from ft_core.engine.contract.prompt_terms import PromptTerms, ask_again, describe_prompts
from ft_core.engine.contract.step_terms import StepTerms, describe_step
from ft_core.engine.contract.training_terms import TrainingTerms
from ft_core.engine.run_file import installed_versions
from ft_core.step import Step

__all__ = ["FORMAT", "Contract", "complete_contract", "make_contract", "remake_contract"]

FORMAT = 1
"""The number of this form of ``contract.json``."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What an adapter was trained with, or what it would be used with now.

    Attributes:
        format: of the file.
        step: who asks, and which answers it allows.
        prompts: what is asked.
        chat: how it is asked.
        base: who is asked.
        adapter: what was trained.
        training: on what.
        versions: of the training stack, by distribution; for people, they are not compared.
    """

    format: int
    step: StepTerms
    prompts: PromptTerms
    chat: ChatTerms
    base: BaseTerms
    adapter: AdapterTerms
    training: TrainingTerms
    versions: Mapping[str, str] = field(default_factory=dict)


def make_contract(step: Step, chat: Chat, base: BaseModel, *, extensions: Mapping[str, str] | None = None) -> Contract:
    """Return the contract of an adapter that is about to be trained; :func:`complete_contract` adds what training makes.

    Args:
        step: the step.
        chat: the tokenizer and template.
        base: the base model.
        extensions: versions of the extensions that are in force, by their distribution; None takes the installed ones.

    Raises:
        HookError: the step fails on a sample tale.
        BaseModelError: the base model's files cannot be read.
    """
    return Contract(
        format=FORMAT,
        step=describe_step(step, extensions),
        prompts=describe_prompts(step, chat),
        chat=describe_chat(chat),
        base=describe_base(base),
        adapter=AdapterTerms("", ()),
        training=TrainingTerms(0, 0, None),
        versions=installed_versions(),
    )


def complete_contract(begun: Contract, folder: Path, training: TrainingTerms) -> Contract:
    """Return the contract of an adapter that has been trained and written.

    Args:
        begun: made before the training.
        folder: where the adapter's weights are.
        training: what it was trained on.

    Raises:
        AdapterError: the adapter's weights cannot be read.
    """
    return replace(begun, adapter=describe_adapter(folder), training=training)


def remake_contract(
    trained: Contract,
    step: Step,
    chat: Chat,
    base: BaseModel,
    folder: Path,
    *,
    extensions: Mapping[str, str] | None = None,
) -> Contract:
    """Return the contract as it would be now, asking the same questions; what it was trained on stays.

    Args:
        trained: the adapter's contract.
        step: the step as it is installed now.
        chat: the tokenizer and template that would be used.
        base: the base model that would be used.
        folder: where the adapter's weights are.
        extensions: versions of the extensions that are in force, by their distribution; None takes the installed ones.

    Raises:
        HookError: the step fails on a sample tale.
        BaseModelError: the base model's files cannot be read.
        AdapterError: the adapter's weights cannot be read.
    """
    return replace(
        trained,
        step=describe_step(step, extensions),
        prompts=ask_again(trained.prompts, step, chat),
        chat=describe_chat(chat),
        base=describe_base(base),
        adapter=describe_adapter(folder),
        versions=installed_versions(),
    )
