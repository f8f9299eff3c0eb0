"""The processes that train together on one machine: one for each GPU, started by ``torchrun``, or just this one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ft_core.engine.device import Device
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import TrainingError

if TYPE_CHECKING:
    import torch

__all__ = ["World", "find_world", "is_first_process"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """This process among those that train together.

    Attributes:
        rank: which of them it is, from 0; the first is the only one that writes.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_writer(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> list[T]:
        """Return this process's part of some items; together the parts are all of them."""
        return list(items[self.rank :: self.size])

    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Add up the gradients of all processes, in place, each parameter's one in turn."""
        if self.size == 1:
            return
        torch = import_torch()
        for parameter in parameters:
            if parameter.grad is None:  # a process without rows in this step
                parameter.grad = torch.zeros_like(parameter)
            torch.distributed.all_reduce(parameter.grad)

    def sum_number(self, value: torch.Tensor) -> torch.Tensor:
        """Return the sum of a number over all processes."""
        if self.size > 1:
            import_torch().distributed.all_reduce(value)
        return value

    def copy_from_writer(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Give every process the first one's values, in place."""
        if self.size > 1:
            for parameter in parameters:
                import_torch().distributed.broadcast(parameter.data, 0)

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.size > 1:
            import_torch().distributed.barrier()


def is_first_process() -> bool:
    """Say whether this process is the first of those that ``torchrun`` started, or the only one; loads nothing."""
    return os.environ.get("RANK", "0") == "0"


def find_world(device: Device) -> World:
    """Join the processes that ``torchrun`` started, or return the world of this process alone.

    Raises:
        TrainingError: there are more processes than GPUs.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World()
    torch = import_torch()
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if device == "cuda":
        gpus = torch.cuda.device_count()
        if local >= gpus:
            raise TrainingError(
                f"torchrun started process {local + 1} of this machine, which has {gpus} GPUs. Start one a GPU."
            )
        torch.cuda.set_device(local)
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    return World(torch.distributed.get_rank(), torch.distributed.get_world_size())
