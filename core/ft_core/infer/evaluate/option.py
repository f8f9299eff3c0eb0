"""What an evaluation is asked to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.training_data import Split
from ft_core.infer.evaluate.interval import RESAMPLES

__all__ = ["EvaluationOptions"]


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """The choices that a user has.

    Attributes:
        split: the tales to measure on.
        data_dirs: folders of tales; none means those that the run was trained on.
        steps: names of steps; none means all that the run trained.
        limit: cases a step, at most.
        unconstrained: whether the adapters are asked without constraint too.
        pipeline: whether the adapters are measured in a row too.
        sanity: whether adapters are trained on shuffled gold and measured too.
        seed: of the choice of cases, the resamples and the shuffling; None takes the run's.
        resamples: of the bootstrap, and exchanges of the permutation test, at most.
        device: where the models run; None as in the run.
        allow_drift: whether adapters may be used with other prompts, another template or base than they were trained with.
        beside: other places of what lies beside the tales: ``stac_dir``, ``texts_dir``, ``summaries``.
    """

    split: Split = "test"
    data_dirs: Sequence[Path] = ()
    steps: Sequence[str] = ()
    limit: int | None = None
    unconstrained: bool = False
    pipeline: bool = True
    sanity: bool = False
    seed: int | None = None
    resamples: int = RESAMPLES
    device: str | None = None
    allow_drift: bool = False
    beside: Mapping[str, Any] | None = None
