"""Where to train: on a CUDA GPU, or on the CPU."""

from __future__ import annotations

from typing import Literal, TypeAlias

from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import TrainingError

__all__ = ["CONTEXT_BYTES", "Device", "find_device"]

Device: TypeAlias = Literal["cpu", "cuda"]

CONTEXT_BYTES: dict[Device, int] = {"cuda": 600_000_000, "cpu": 600_000_000}
"""What a process takes before anything is computed: on a GPU the CUDA context with its kernels and the workspace of cuBLAS
(PyTorch does not count it), on a CPU the interpreter with PyTorch and Unsloth (measured with a tiny base: 0.49 GB)."""


def find_device(wanted: Literal["auto", "cpu", "cuda"], *, load_in_4bit: bool = False) -> Device:
    """Return the device to train on; ``auto`` is a GPU if there is one.

    Raises:
        EngineMissingError: PyTorch is not installed.
        TrainingError: a GPU is asked for, or needed for 4-bit weights, and there is none.
    """
    has_gpu = wanted != "cpu" and import_torch().cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise TrainingError(
            "device=cuda: PyTorch sees no CUDA GPU. Train with --device cpu, or install a driver and a CUDA build of PyTorch."
        )
    if load_in_4bit and not has_gpu:
        raise TrainingError("load_in_4bit needs a CUDA GPU. Train without it, or on a machine with a GPU.")
    return "cuda" if has_gpu else "cpu"
