"""Checks of cores and memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.doctor.finding import Finding

__all__ = ["check_processor", "count_cores"]

_GIB = 2**30
_LITTLE = 8 * _GIB  # training the embedded base on the samples, all settings at their defaults, took 7.0 at its peak
_CONTAINER_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_processor(read_memory: Callable[[], tuple[int, int]] | None = None) -> Iterator[Finding]:
    """Look at cores and memory.

    Args:
        read_memory: returns the bytes of the machine and those that this process may use; None looks.
    """
    usable, there = count_cores(), os.cpu_count() or 1
    bf16 = "with" if has_bfloat16() else "without"
    yield Finding("cores", "ok", f"{usable} of {there} may be used; {bf16} bfloat16 instructions")
    total, limit = (read_memory or _read_memory)()
    text = f"{limit / _GIB:.1f} GiB" + (" (the container's limit)" if limit < total else "")
    if limit < _LITTLE:
        remedy = "should training on the CPU be killed, make its sequences shorter: --pack-tokens 1024"
        yield Finding("memory", "note", f"{text}; training the embedded base by default takes about 7 GiB", remedy)
    else:
        yield Finding("memory", "ok", text)


def _read_memory() -> tuple[int, int]:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return total, min([total, *_read_limits()])


def _read_limits() -> Iterator[int]:
    for name in _CONTAINER_LIMITS:
        path = Path(name)
        if path.is_file():
            said = path.read_text(encoding="utf-8").strip()
            if said.isdigit():
                yield int(said)
