"""What is measured of one step: every system's metrics with intervals, and how the adapter differs from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.infer.evaluate.attempt import Attempt, as_answers
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.interval import RESAMPLES, draw_weights, find_interval, subtract
from ft_core.infer.evaluate.permutation import find_p_values
from ft_core.infer.evaluate.system import System
from ft_core.infer.evaluate.tale_sum import TaleSums, list_keys
from ft_core.scores import ScoreSheet
from ft_core.step import Step

__all__ = ["Measure", "score_systems"]

Metrics = Mapping[str, float]


def score_systems(step: Step, cases: Sequence[Case], attempts: Mapping[System, Sequence[Attempt]]) -> dict[System, ScoreSheet]:
    """Let a step score the answers of each system.

    Raises:
        HookError: the step's ``score_outputs`` fails.
    """
    return {system: step.score_outputs(as_answers(cases, given)) for system, given in attempts.items()}


@dataclass(frozen=True, slots=True)
class _Measured:
    sums: TaleSums
    metrics: Metrics
    resampled: list[dict[str, float]]


class Measure:
    """The systems of one step, each measured on the same resamples of the tales.

    Attributes:
        tales: how many tales the cases are of.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        sheets: Mapping[System, ScoreSheet],
        attempts: Mapping[System, Sequence[Attempt]],
        seed: int,
        resamples: int = RESAMPLES,
    ) -> None:
        keys = list_keys(sheets.values())
        sums = {system: TaleSums(sheet, as_answers(cases, attempts[system]), keys) for system, sheet in sheets.items()}
        self.tales = len({case.example.story_id for case in cases})
        self._seed, self._resamples = seed, resamples
        weights = draw_weights(self.tales, seed, resamples)
        self._systems = {system: _Measured(each, each.sheet.metrics(), each.resample(weights)) for system, each in sums.items()}

    def tell(self, system: System) -> dict[str, Any]:
        """Return each metric of a system with its interval and its number of gold cases; null where it rests on nothing."""
        held = self._systems[system]
        cases = held.sums.sheet.cases()
        return {
            name: {
                "value": held.metrics.get(name),
                **find_interval(name, held.resampled, self.tales).as_json(),
                "n": cases.get(name, len(held.sums.sheet.counts)),
            }
            for name in (cases or held.metrics)
        }

    def compare(self, first: System, second: System) -> dict[str, Any]:
        """Return for each metric how much better the first system is, with interval and p value."""
        one, other = self._systems[first], self._systems[second]
        differences = subtract(one.resampled, other.resampled)
        chances = find_p_values(one.sums, other.sums, self._seed, self._resamples)
        return {
            name: {
                "value": one.metrics[name] - other.metrics[name],
                **find_interval(name, differences, self.tales).as_json(),
                "p": chances[name],
            }
            for name in one.metrics
            if name in other.metrics
        }
