"""Checks of PyTorch's build, the NVIDIA driver and the GPUs."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from ft_core.engine.doctor.environment_variable import hides_gpus
from ft_core.engine.doctor.finding import Finding
from ft_core.engine.doctor.installed import has_training_stack
from ft_core.engine.unsloth_stack import import_torch

__all__ = ["check_gpu", "describe_gpus", "find_driver", "load_torch"]

_DRIVER_FILE = Path("/proc/driver/nvidia/version")
_SECONDS = 20
_GIB = 2**30
_BUILD = "torch build"


def load_torch() -> ModuleType | str:
    """Import PyTorch, or return in words why that is not possible."""
    try:
        return import_torch()
    except Exception as error:  # a wheel for another machine fails with errors of the system's loader
        return " ".join(str(error.__cause__ or error).split())


def find_driver() -> str | None:
    """Return the version of the NVIDIA driver, or None where there is none that runs."""
    command = shutil.which("nvidia-smi")
    if command:
        asked = [command, "--query-gpu=driver_version", "--format=csv,noheader"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.split()[0]
    if _DRIVER_FILE.is_file():
        return next((word for word in _DRIVER_FILE.read_text(encoding="utf-8").split() if word[:1].isdigit()), "?")
    return None


def check_gpu() -> Iterator[Finding]:
    """Look for GPUs that PyTorch can use, and for the reason where it cannot."""
    torch = load_torch() if has_training_stack() else "PyTorch is not installed"
    driver = find_driver()
    yield Finding("driver", "ok", f"NVIDIA {driver}" if driver else "no NVIDIA driver on this machine")
    if isinstance(torch, str):
        if has_training_stack():
            yield Finding("torch import", "problem", torch, "install PyTorch again: pip install --force-reinstall torch")
        return
    yield from describe_gpus(torch, driver, are_hidden=hides_gpus())


def describe_gpus(torch: ModuleType, driver: str | None, *, are_hidden: bool = False) -> Iterator[Finding]:
    """Describe what an imported PyTorch sees.

    Args:
        torch: the module.
        driver: the version of the machine's driver, None where there is none.
        are_hidden: whether the environment hides the GPUs.
    """
    if torch.version.cuda is None:
        yield _judge_cpu_build(driver if not are_hidden else None)
        return
    yield Finding(_BUILD, "ok", f"a build for CUDA {torch.version.cuda}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        seen = torch.cuda.is_available()
    if seen:
        yield from (_describe(torch, index) for index in range(torch.cuda.device_count()))
    elif are_hidden:
        yield Finding("gpu", "note", "CUDA_VISIBLE_DEVICES hides every GPU; training takes the CPU", "see environment")
    elif driver:
        said = "; ".join(" ".join(str(each.message).split()) for each in caught)
        text = f"PyTorch sees no GPU, though there is a driver{': ' + said if said else ''}"
        remedy = "update the driver, or install a build of PyTorch for an older CUDA"
        yield Finding("gpu", "problem", text, remedy)
    else:
        yield Finding("gpu", "note", "PyTorch sees no GPU; training takes the CPU", "on a GPU machine, install its driver")


def _judge_cpu_build(driver: str | None) -> Finding:
    text = "a build for CPUs only"
    if driver is None:
        return Finding(_BUILD, "ok", text)
    remedy = "install a CUDA build of PyTorch (pytorch.org/get-started has the line for your driver)"
    return Finding(_BUILD, "problem", f"{text}, though this machine has a GPU: it would not be used", remedy)


def _describe(torch: ModuleType, index: int) -> Finding:
    properties = torch.cuda.get_device_properties(index)
    free, total = torch.cuda.mem_get_info(index)
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    text = (
        f"{properties.name}, {free / _GIB:.1f} of {total / _GIB:.1f} GiB free, compute capability "
        f"{properties.major}.{properties.minor}, {'with' if has_bf16 else 'without'} bfloat16"
    )
    return Finding(f"gpu {index}", "ok", text)
