"""An upper limit for the GPU memory that a training may take."""

from __future__ import annotations

from ft_core.config import FineTuneConfig
from ft_core.engine.device import CONTEXT_BYTES, Device
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import TrainingError
from ft_core.memory_size import format_size

__all__ = ["cap_memory"]


def cap_memory(config: FineTuneConfig, device: Device) -> None:
    """Let PyTorch take no more than ``gpu_memory`` says, where it says something; the GPU may serve others beside us.

    Raises:
        TrainingError: training is on a CPU, the GPU has less memory, or the size does not even hold the GPU's context.
    """
    limit = config.gpu_bytes
    if limit is None:
        return
    if device == "cpu":
        raise TrainingError("gpu_memory limits the memory of a GPU, but training is on the CPU. Leave it out.")
    cuda = import_torch().cuda
    total = cuda.mem_get_info()[1]
    if not CONTEXT_BYTES["cuda"] < limit <= total:
        raise TrainingError(
            f"gpu_memory is {format_size(limit)}, but this GPU has {format_size(total)}, of which its context takes "
            f"{format_size(CONTEXT_BYTES['cuda'])}. Choose a size between them, or leave it out."
        )
    cuda.set_per_process_memory_fraction((limit - CONTEXT_BYTES["cuda"]) / total)
