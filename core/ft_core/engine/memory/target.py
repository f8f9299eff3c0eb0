"""The device that a plan is made for, and its memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.engine.device import CONTEXT_BYTES, Device, find_device
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import UsageError
from ft_core.memory_size import format_size

__all__ = ["Target", "find_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """A device.

    Attributes:
        device: of which kind.
        name: what it is called.
        memory: bytes that a training may take, the device's context included.
        total: bytes that the device has.
    """

    device: Device
    name: str
    memory: int
    total: int

    def describe(self) -> str:
        """Return name and memory for people."""
        free = format_size(self.memory)
        return f"{self.name}, {free}" if self.memory == self.total else f"{self.name}, {free} free of {format_size(self.total)}"

    def as_json(self) -> dict[str, Any]:
        """Return the device as JSON values."""
        return asdict(self)


def find_target(config: FineTuneConfig) -> Target:
    """Return the device that a training would take, or a GPU with as much memory as ``gpu_memory`` says.

    Args:
        config: for ``device``, ``load_in_4bit`` and ``gpu_memory``.

    Raises:
        UsageError: a size of GPU memory is given, and training on the CPU is asked for.
        TrainingError: what is asked for needs a GPU, and there is none.
    """
    if config.gpu_bytes is not None:
        if config.device == "cpu":
            raise UsageError("gpu_memory is about a GPU, but device is cpu. Leave one of the two out.")
        return Target("cuda", "a GPU", config.gpu_bytes, config.gpu_bytes)
    device = find_device(config.device, load_in_4bit=config.load_in_4bit)
    return _look_at_gpu() if device == "cuda" else _look_at_ram()


def _look_at_gpu() -> Target:
    cuda = import_torch().cuda
    free, total = cuda.mem_get_info()
    # Asking has made this process's context, which is not free any more.
    return Target("cuda", cuda.get_device_name(), min(free + CONTEXT_BYTES["cuda"], total), total)


def _look_at_ram() -> Target:
    import psutil

    memory = psutil.virtual_memory()
    return Target("cpu", "CPU", memory.available, memory.total)
