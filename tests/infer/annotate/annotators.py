"""Annotators whose answers come from a stand-in, in this process or one that is killed."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ft_core import Prompt
from ft_core.infer.annotate.annotating import Annotator
from ft_core.infer.annotate.opened_answerer import OpenedAnswerer
from ft_core.infer.annotate.progress import LineProgress
from ft_core.infer.annotate.setting import AnnotationSettings
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.reply import Reply
from tests.infer.answering import HashAnswerer
from tests.plugins.asking import STEPS, get_step

__all__ = ["make_annotator", "make_run"]


class DyingAnswerer(HashAnswerer):
    """Kills its own process, as the system does, when it is asked for the nth time."""

    def __init__(self, broken: float, calls: int) -> None:
        super().__init__(broken)
        self.calls = calls

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        self.calls -= 1
        if self.calls == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().ask(step, prompts, **how)


def make_run(steps: Sequence[str] = STEPS, **changes: Any) -> TrainedRun:
    chosen = tuple(get_step(name) for name in steps)
    return TrainedRun(
        **{"folder": Path("run"), "base": "tiny", "steps": chosen, "adapters": dict.fromkeys(steps, "a1")} | changes
    )


def make_annotator(
    folder: Path,
    *,
    answerer: HashAnswerer | None = None,
    run: TrainedRun | None = None,
    context: int | None = None,
    drift: tuple[str, ...] = (),
    **changes: Any,
) -> Annotator:
    """An annotator; changes are of it, or of its settings."""
    own = {key: changes.pop(key) for key in ("tales_at_once", "overwrite", "allow_drift", "summaries") if key in changes}
    opened = OpenedAnswerer(answerer or HashAnswerer(0.1), context, drift)
    return Annotator(
        run or make_run(), folder, lambda: opened, AnnotationSettings(**changes), progress=LineProgress(io.StringIO()), **own
    )


if __name__ == "__main__":
    out, tales, calls = sys.argv[1:]
    make_annotator(Path(out), answerer=DyingAnswerer(0.1, int(calls)), tales_at_once=2).annotate([tales])
