"""What the CPU computes itself."""

from __future__ import annotations

from pathlib import Path

__all__ = ["has_bfloat16"]

_INSTRUCTIONS = {"avx512_bf16", "amx_bf16", "bf16"}  # x86, x86 and ARM


def has_bfloat16(cpu_info: Path = Path("/proc/cpuinfo")) -> bool:
    """Say whether the CPU computes in bfloat16 itself; False where that cannot be found out."""
    if not cpu_info.is_file():
        return False
    for line in cpu_info.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, flags = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return not _INSTRUCTIONS.isdisjoint(flags.split())
    return False
