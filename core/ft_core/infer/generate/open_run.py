"""Opening a run: its base model once, all its adapters on it, and the steps that they answer for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ft_core.config import FineTuneConfig
from ft_core.engine.chat import Chat
from ft_core.engine.contract.contract_file import read_contract
from ft_core.engine.contract.effect import check_effect
from ft_core.engine.contract.verification import verify_adapters
from ft_core.engine.device import Device, find_device
from ft_core.engine.loading import load_base
from ft_core.engine.run_file import RunRecord, read_run
from ft_core.errors import RunError
from ft_core.infer.answerer import Answerer
from ft_core.infer.generate.adapter_loading import check_bases, load_adapters, load_chats
from ft_core.infer.generate.answer_limit import limit_answer
from ft_core.infer.generate.batch_plan import choose_batch_limit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.infer.trained_step import choose_trained
from ft_core.pipeline_prompts import use_module
from ft_core.step import Step, Steps, load_steps

__all__ = ["OpenRun", "open_run"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose steps can be asked.

    Attributes:
        folder: the run's folder.
        record: its ``run.json``.
        steps: the installed steps that it trained, or those of them that were chosen, in pipeline order.
        answerer: asks them.
        chats: the tokenizer and template of each step's adapter.
        device: where the model is.
        max_new_tokens: the most tokens of an answer of each step, with its EOS.
        left_out: by step, the optional inputs that its training hardly had, so that they are not shown now.
        warnings: what is not as it was when the adapters were trained, though they are used.
        context: the longest row of the base model in tokens, None where it names none.
    """

    folder: Path
    record: RunRecord
    steps: tuple[Step, ...]
    answerer: Answerer
    chats: Mapping[str, Chat]
    device: Device
    max_new_tokens: Mapping[str, int]
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    context: int | None = None


def open_run(
    folder: str | Path,
    *,
    steps: Sequence[str] | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    batch_size: int | None = None,
    max_new_tokens: int | None = None,
    bf16: bool = True,
    installed: Steps | None = None,
    allow_drift: bool = False,
) -> OpenRun:
    """Load the base model of a run, with the adapters of its steps, and hold their contracts against what is there now.

    Args:
        folder: the output folder of a training.
        steps: which of the trained steps; all of them if None or empty.
        device: a GPU where there is one, if ``auto``.
        batch_size: the most prompts that are answered together; None chooses by the device.
        max_new_tokens: the most tokens of an answer; None takes twice the longest answer that a step was trained on.
        bf16: False computes in 32 bits; True in bfloat16 where the device has it.
        installed: the steps to choose from; those of this environment if None.
        allow_drift: whether adapters may be used with other prompts, another template or base than they were trained with.

    Raises:
        ContractError: what an adapter was trained with has changed, and that is not allowed.
        AdapterError: an adapter is damaged, or has no effect.
        RunError: the folder holds no run, the run trained nothing, an adapter is missing or of another base, or this process
            cannot be used.
        UnknownStepError: a step is not part of the run, or not installed.
        PluginError: a step is installed but broken.

    Other errors are those of :func:`ft_core.engine.loading.load_base`.
    """
    place = Path(folder)
    record = _read(place)
    use_module(record.config.get("prompts_module"))
    trained = _choose(place, record, steps or ())
    chosen = (installed or load_steps()).select(trained)
    folders = [place / str(record.steps[step.name].adapter) for step in chosen]
    check_bases(folders, str(record.base["name"]))
    found = find_device(device)
    loaded = load_base(_configure(record, found, bf16=bf16))
    chats = load_chats(folders)
    warnings = verify_adapters(place, chosen, chats, loaded.base, allow_drift=allow_drift)
    contracts = {step.name: read_contract(each) for step, each in zip(chosen, folders, strict=True)}
    model = load_adapters(loaded.model, folders)
    for name, contract in contracts.items():
        if contract is not None:
            check_effect(model, chats[name], name, contract)
    limits = {step.name: max_new_tokens or limit_answer(record.steps[step.name].longest_answer) for step in chosen}
    asked = {step.name: AskedStep(chats[step.name], step.info.output_schema, limits[step.name]) for step in chosen}
    answerer = GeneratingAnswerer(model, asked, choose_batch_limit(model, batch_size))
    rare = {name: contract.training.list_rare() if contract else () for name, contract in contracts.items()}
    return OpenRun(place, record, tuple(chosen), answerer, chats, found, limits, rare, tuple(warnings), loaded.context)


def _read(folder: Path) -> RunRecord:
    record = read_run(folder)
    if record is None:
        raise RunError(f"{folder} holds no run: it has no run.json. Name the --output-dir of a training.")
    return record


def _choose(folder: Path, record: RunRecord, wanted: Sequence[str]) -> list[str]:
    trained = [name for name, step in record.steps.items() if step.status == "done" and step.adapter]
    if not trained:
        states = ", ".join(f"{name} {step.status}" for name, step in record.steps.items()) or "none"
        raise RunError(f"The run in {folder} has no trained step (steps: {states}). Train it, or go on with --resume.")
    return choose_trained(folder, trained, wanted)


def _configure(record: RunRecord, device: Device, *, bf16: bool) -> FineTuneConfig:
    if device == "cuda" and "unsloth" in sys.modules:
        raise RunError("This process has imported Unsloth, which patches transformers. Open the run in a new process.")
    in_4bit = bool(record.config.get("load_in_4bit", False))
    if in_4bit and device == "cpu":
        logger.warning("The run was trained with a base in 4 bits, which needs a GPU; here the base is not quantised.")
    return FineTuneConfig(
        model_name=str(record.base["name"]),
        device=device,
        load_in_4bit=in_4bit and device == "cuda",
        bf16=bf16 and bool(record.config.get("bf16", True)),
        backend="hf",
    )
