"""``predicted_inputs``: some training tales are seen as the adapters of the earlier steps answered them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ft_core.atomic import telling_what_to_do
from ft_core.corpus.training_data import StepData
from ft_core.corpus.training_tale import TrainingTale
from ft_core.engine.loading import LoadedBase
from ft_core.engine.predicted.mixed_example import MixedExample, apply_mixed, read_mixed, write_mixed
from ft_core.engine.predicted.mixing import mix_examples
from ft_core.engine.predicted.noted_answer import NotedAnswer, write_noted
from ft_core.engine.rows import count_tokens
from ft_core.errors import TrainingError
from ft_core.example import TrainingText
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["NOT_VALID_FOLDER", "PREDICTED_FOLDER", "REPAIRED_FOLDER", "Predict", "PredictedInputs"]

logger = logging.getLogger(__name__)

PREDICTED_FOLDER = "predicted_inputs"
"""Where a run keeps, beside its data, which examples it asked with predicted inputs."""

NOT_VALID_FOLDER = "not_valid"
"""Where it keeps, in that folder, the adapters' answers that were not used."""

REPAIRED_FOLDER = "repaired"
"""Where it keeps there those that were used without what was superfluous in them."""

_NOTED: Mapping[str, Callable[[NotedAnswer], bool]] = {
    NOT_VALID_FOLDER: lambda answer: bool(answer.problems),
    REPAIRED_FOLDER: lambda answer: bool(answer.repairs),
}

Predict: TypeAlias = Callable[[LoadedBase, Step, Path, Sequence[Story]], Sequence[NotedAnswer]]
"""Answers a step for all events of some tales, with the adapter in a folder: blanks the fields that the step writes, fills in
the answers that are valid, and returns those that are not or were repaired. The base is without an adapter before and after."""


class PredictedInputs:
    """The tales that are answered by adapters, step by step as these are trained.

    Args:
        folder: where what became of each example is kept, so that a run that is cut off goes on with the same examples.
        steps: all steps whose adapters may answer, in the order in which they run.
        tales: the chosen ones, which are changed; None where only kept examples can be used.
        predict: who answers; None as well.
        longest: the tokens of the longest row that can be trained on; None for what the base takes.
    """

    def __init__(
        self,
        folder: Path,
        steps: Sequence[Step],
        tales: Sequence[TrainingTale] | None = None,
        predict: Predict | None = None,
        longest: int | None = None,
    ) -> None:
        self._folder, self._steps, self._tales, self._predict = folder, steps, tales, predict
        self._longest = longest
        self._answered: set[str] = set()

    def forget(self, steps: Collection[str]) -> None:
        """Remove what an earlier training of some steps has kept, and the folder with the last of it.

        Raises:
            OutputError: no permission.
        """
        with telling_what_to_do(self._folder):
            for name in steps:
                self._file(name).unlink(missing_ok=True)
                for kind in _NOTED:
                    (self._folder / kind / f"{name}.jsonl").unlink(missing_ok=True)
            for folder in (*(self._folder / kind for kind in _NOTED), self._folder):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def mix(self, step: Step, data: StepData, trained: Collection[str], run: Path, loaded: LoadedBase) -> StepData:
        """Return a step's data with predicted inputs in the examples of the chosen tales.

        Args:
            step: which is to be trained now.
            data: its examples.
            trained: the steps whose adapters the run holds.
            run: the run's folder.
            loaded: the base model.

        Raises:
            TrainingError: the tales are not at hand, and nothing was kept of an earlier attempt.
            HookError: a hook of the step fails.
            OutputError: what became of the examples cannot be written.
        """
        earlier = read_mixed(self._file(step.name))
        if earlier is not None:
            return apply_mixed(data, earlier)
        sources = self._find_sources(step, trained)
        if not sources:
            logger.info(
                "Step %s sees no answers of steps that this run has trained; its inputs are the annotators'.", step.name
            )
            return data
        mixed = self._ask(step, data, sources, run, loaded)
        write_mixed(self._file(step.name), mixed)
        names = ", ".join(each.name for each in sources)
        used, kept = _count(mixed)
        why = "".join(f"; {number} keep the annotators': {reason}" for reason, number in kept.items())
        logger.info("Step %s: %d of %d examples have inputs by %s%s.", step.name, used, len(data.train), names, why)
        return apply_mixed(data, mixed)

    def count(self, step: str) -> Mapping[str, Any] | None:
        """Return how many of a step's examples have predicted inputs, and why others of the tales do not; None for none."""
        mixed = read_mixed(self._file(step))
        if mixed is None:
            return None
        used, kept = _count(mixed)
        return {"tales": len({each.story for each in mixed}), "chosen": len(mixed), "mixed": used, "kept": kept}

    def _ask(self, step: Step, data: StepData, sources: Sequence[Step], run: Path, loaded: LoadedBase) -> list[MixedExample]:
        if self._tales is None or self._predict is None:
            raise TrainingError(
                f"Step {step.name!r} is to be asked with predicted inputs, and the tales that they are made of are not here. "
                f"Train it into the same folder on the tales: --data-dir DIR --step {step.name}."
            )
        for source in sources:
            if source.name not in self._answered:
                noted = self._predict(loaded, source, run / source.name, [tale.story for tale in self._tales])
                for kind, is_of_kind in _NOTED.items():
                    write_noted(self._folder / kind / f"{source.name}.jsonl", filter(is_of_kind, noted))
                self._answered.add(source.name)
        return mix_examples(step, data, self._tales, lambda text: self._fits(text, loaded))

    def _fits(self, text: TrainingText, loaded: LoadedBase) -> bool:
        longest = self._longest or loaded.context
        return longest is None or count_tokens(loaded.chat, text) <= longest

    def _find_sources(self, step: Step, trained: Collection[str]) -> list[Step]:
        """Return the trained steps whose answers the step sees, or that those see, in the order in which they run."""
        known = {each.name: each for each in self._steps}
        wanted: set[str] = set()
        pending = [*step.sources]
        while pending:
            name = pending.pop()
            if name not in wanted and name in known:
                wanted.add(name)
                pending += known[name].sources
        return [each for each in self._steps if each.name in wanted and each.name in trained]

    def _file(self, step: str) -> Path:
        return self._folder / f"{step}.jsonl"


def _count(mixed: Sequence[MixedExample]) -> tuple[int, dict[str, int]]:
    """Return how many have predicted inputs, and how many have not, by reason."""
    reasons = Counter(each.reason for each in mixed if each.inputs is None)
    return len(mixed) - reasons.total(), dict(sorted(reasons.items()))
