"""The way that training would take on this machine with the default settings, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ft_core.engine.base_model import GPU_DEFAULT
from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.device import Device
from ft_core.engine.doctor.finding import Finding
from ft_core.engine.doctor.gpu import load_torch
from ft_core.engine.doctor.installed import find_version, has_training_stack
from ft_core.engine.embedded_model import EMBEDDED_NAME
from ft_core.engine.pack.condition import say_why_not

__all__ = ["Machine", "check_training_path", "describe_path"]

_ARCHITECTURES: dict[Device, dict[str, Any]] = {"cpu": {"model_type": "llama"}, "cuda": {"model_type": "qwen2"}}
"""Of the base models that ``auto`` means; a GPU's may have to be downloaded, and this must not do that."""

_BITSANDBYTES = "pip install bitsandbytes"


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides the way.

    Attributes:
        device: what ``auto`` gives.
        gpu_has_bf16, cpu_has_bf16: whether they compute in bfloat16 themselves.
        unsloth, bitsandbytes: their versions, None where they are not installed.
    """

    device: Device
    gpu_has_bf16: bool
    cpu_has_bf16: bool
    unsloth: str | None
    bitsandbytes: str | None


def check_training_path() -> Iterator[Finding]:
    """Look which way training would take."""
    torch = load_torch() if has_training_stack() else "the training stack is not installed"
    if isinstance(torch, str):
        yield Finding("training", "note", f"not possible here: {torch}", "see above" if has_training_stack() else "")
        return
    yield from describe_path(_look_at(torch))


def _look_at(torch: ModuleType) -> Machine:
    has_gpu = torch.cuda.is_available()
    return Machine(
        device="cuda" if has_gpu else "cpu",
        gpu_has_bf16=has_gpu and torch.cuda.is_bf16_supported(including_emulation=False),
        cpu_has_bf16=_wants_bf16_on_cpu(),
        unsloth=find_version("unsloth"),
        bitsandbytes=find_version("bitsandbytes"),
    )


def describe_path(machine: Machine) -> Iterator[Finding]:
    """Say device, base model, backend, dtype, packing and 4-bit loading, each with its reason."""
    on_gpu = machine.device == "cuda"
    yield Finding("device", "ok", "cuda, for PyTorch sees a GPU" if on_gpu else "cpu, for PyTorch sees no GPU")
    yield Finding("base model", "ok", f"{GPU_DEFAULT if on_gpu else EMBEDDED_NAME}, which auto means on this device")
    if machine.unsloth:
        kind = "its CUDA kernels" if on_gpu else "its CPU backend"
        yield Finding("backend", "ok", f"Unsloth {machine.unsloth} with {kind}")
    else:
        yield Finding("backend", "problem", "none: Unsloth is not installed", "see above")
    yield Finding("dtype", "ok", _choose_dtype(machine))
    why_not = say_why_not(_ARCHITECTURES[machine.device], "unsloth", machine.device)
    yield Finding("packing", "ok", f"none: {why_not}" if why_not else _SHARED)
    yield _judge_4bit(machine)


_SHARED = (
    "shared: rows of a step stand in one sequence and share how their prompts begin; every row alone with --packing none, "
    "no sharing with LoRA dropout"
)


def _choose_dtype(machine: Machine) -> str:
    if machine.device == "cuda":
        return "bfloat16" if machine.gpu_has_bf16 else "float16, for this GPU has no bfloat16"
    if machine.cpu_has_bf16:
        return "bfloat16, for this CPU computes in it"
    return "float32, for this CPU has no bfloat16 instructions, and emulating them would be slower"


def _judge_4bit(machine: Machine) -> Finding:
    if machine.device == "cpu":
        return Finding("4-bit base", "ok", "not possible: --load-in-4bit needs a CUDA GPU; the default does not use it")
    if machine.bitsandbytes is None:
        text = "not possible: bitsandbytes is not installed; the default does not use it"
        return Finding("4-bit base", "note", text, f"for --load-in-4bit: {_BITSANDBYTES}")
    return Finding("4-bit base", "ok", f"possible with --load-in-4bit (bitsandbytes {machine.bitsandbytes})")


def _wants_bf16_on_cpu() -> bool:
    told = os.environ.get("UNSLOTH_CPU_BF16", "").strip().lower()
    return told in {"1", "true", "yes", "on"} if told else has_bfloat16()
