"""Refusing an adapter that was trained with something else than what it would be used with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.contract.comparison import compare
from ft_core.engine.contract.contract import Contract, remake_contract
from ft_core.engine.contract.contract_file import CONTRACT_FILE, read_contract
from ft_core.engine.contract.difference import Difference
from ft_core.errors import ContractError
from ft_core.step import Step

__all__ = ["check_contract", "verify_adapters"]

_REMEDY = (
    "Go back to what it was, train the steps anew with --overwrite, or use the adapters all the same with --allow-drift: "
    "their answers may be worse than was measured."
)

_UNKNOWN = Difference(f"what the adapter was trained with is not known, for it has no {CONTRACT_FILE}", "", "")


def check_contract(trained: Contract, now: Contract, *, allow_drift: bool = False) -> list[str]:
    """Hold an adapter's contract against what is there now.

    Args:
        trained: the adapter's contract.
        now: as :func:`ft_core.engine.contract.contract.remake_contract` makes it.
        allow_drift: whether a difference that may change answers is only told.

    Returns:
        Lines that warn of what has changed.

    Raises:
        ContractError: something has changed that may change answers, and that is not allowed.
    """
    return _decide({trained.step.name: compare(trained, now)}, allow_drift=allow_drift)


def verify_adapters(
    folder: Path,
    steps: Sequence[Step],
    chats: Mapping[str, Chat],
    base: BaseModel,
    *,
    allow_drift: bool = False,
    extensions: Mapping[str, str] | None = None,
) -> list[str]:
    """Hold the contracts of a run's adapters against the installed steps, the tokenizers and the base model.

    Args:
        folder: the run's; each adapter is in the folder of its step's name.
        steps: whose adapters are to be used.
        chats: the tokenizer and template that will be used, by step.
        base: the base model that will be used.
        allow_drift: whether a difference that may change answers, or a contract that is missing, is only told.
        extensions: versions of the extensions that are in force, by their distribution; None takes the installed ones.

    Returns:
        Lines that warn of what has changed.

    Raises:
        ContractError: something has changed that may change answers, and that is not allowed; all of it is told.
        AdapterError: an adapter's weights cannot be read.
        HookError: a step fails on a sample tale.
        BaseModelError: the base model's files cannot be read.
    """
    found: dict[str, list[Difference]] = {}
    warnings: list[str] = []
    for step in steps:
        place = folder / step.name
        trained = read_contract(place)
        if trained is None:
            found[step.name] = [_UNKNOWN]
            continue
        now = remake_contract(trained, step, chats[step.name], base, place, extensions=extensions)
        found[step.name] = compare(trained, now)
        if not trained.prompts.probes:
            warnings.append(f"Step {step.name!r} asks nothing about the sample tales, so its prompts were not compared.")
    return warnings + _decide(found, allow_drift=allow_drift)


def _decide(found: Mapping[str, Sequence[Difference]], *, allow_drift: bool) -> list[str]:
    breaking = _group({step: [each for each in differences if each.breaks] for step, differences in found.items()})
    if breaking and not allow_drift:
        lines = "".join(f"  - {line}\n" for line in breaking)
        raise ContractError(f"The adapters were trained with something else than what is here now:\n{lines}{_REMEDY}")
    return _group(found)


def _group(found: Mapping[str, Sequence[Difference]]) -> list[str]:
    """Return one line for each difference, with the steps that have it: a base that has changed is told once."""
    steps: dict[str, list[str]] = {}
    for step, differences in found.items():
        for difference in differences:
            steps.setdefault(str(difference), []).append(step)
    return [f"{', '.join(names)}: {line}" for line, names in steps.items()]
