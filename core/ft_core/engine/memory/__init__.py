"""Memory: what a training needs, how it is fitted to what is there, and what it then took."""

from __future__ import annotations

from ft_core.engine.memory.checkpointing import choose_checkpointing
from ft_core.engine.memory.peak import check_against_peak, forget_peak, read_peak
from ft_core.engine.memory.release import release_memory

__all__ = ["check_against_peak", "choose_checkpointing", "forget_peak", "read_peak", "release_memory"]
