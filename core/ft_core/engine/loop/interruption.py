"""SIGINT and SIGTERM during training: the current optimizer step ends, a checkpoint is written, and training leaves."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interruption", "heeding_signals"]


class Interruption:
    """Whether the user, or the system, has asked training to stop; ``name`` is the signal's, ``""`` before."""

    def __init__(self) -> None:
        self.name = ""

    def ask(self, number: int, _frame: FrameType | None = None) -> None:
        """Note a signal; a second one ends the process at once."""
        self.name = signal.Signals(number).name
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def heeding_signals() -> Iterator[Interruption]:
    """Note SIGINT and SIGTERM inside the block instead of ending the process; outside the main thread nothing is noted."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
