"""Asking an adapter on a base model that is loaded already, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ft_core.engine.backend.loan import lent
from ft_core.engine.contract.contract_file import read_contract
from ft_core.engine.contract.effect import check_effect
from ft_core.engine.loading import LoadedBase
from ft_core.infer.answerer import Answerer
from ft_core.infer.generate.adapter_loading import load_adapters, load_chats
from ft_core.infer.generate.answer_limit import limit_answer
from ft_core.infer.generate.batch_plan import choose_batch_limit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.step import Step

__all__ = ["answering_here"]


@contextmanager
def answering_here(loaded: LoadedBase, step: Step, folder: Path) -> Iterator[Answerer]:
    """Put a step's adapter on the base inside the block, and give what asks it; the base is as before afterwards.

    Args:
        loaded: the base, without an adapter.
        step: whose adapter it is.
        folder: the adapter's, called as the step.

    Raises:
        RunError: the adapter's files do not fit the base.
        AdapterError: the adapter has no effect.
    """
    chat, contract = load_chats([folder])[folder.name], read_contract(folder)
    with lent(loaded.model):
        model = load_adapters(loaded.model, [folder])
        if contract is not None:
            check_effect(model, chat, folder.name, contract)
        longest = contract.training.longest_answer if contract is not None else None
        asked = AskedStep(chat, step.info.output_schema, limit_answer(longest))
        yield GeneratingAnswerer(model, {step.name: asked}, choose_batch_limit(model, None))
