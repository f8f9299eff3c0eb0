"""What an evaluation works on: the cases of every step, and the examples that its baselines learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ft_core.config import FineTuneConfig
from ft_core.corpus.chosen_tale import ChosenTales, read_chosen_tales
from ft_core.corpus.prepared_tale import Telling
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.errors import NoHeldOutTalesError
from ft_core.example import Example
from ft_core.infer.evaluate.case import Case, list_cases
from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.origin import Origin
from ft_core.infer.evaluate.tale_choice import LeftOutTale, TaleChoice, choose_tales
from ft_core.infer.evaluate.train_example import join_inputs, list_train_examples
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["Material", "gather_material"]

_TOLD = 10


@dataclass(slots=True)
class Material:
    """Everything but the answers.

    Attributes:
        steps: the steps that are measured, in the order in which they run.
        stories: the tales that are measured on.
        new: ids of those that the run does not know.
        left_out: tales that are there but not measured on.
        refusals: every problem of every file that could not be read.
        cases: by step.
        skipped: how many events gave no case, by step and reason.
        train: what each step's adapter was trained on.
    """

    steps: Sequence[Step]
    stories: Sequence[Story]
    new: frozenset[str]
    left_out: Sequence[LeftOutTale]
    refusals: Sequence[Refusal]
    cases: dict[str, list[Case]] = field(default_factory=dict)
    skipped: dict[str, dict[str, int]] = field(default_factory=dict)
    train: dict[str, list[Example]] = field(default_factory=dict)


def gather_material(origin: Origin, steps: Sequence[Step], options: EvaluationOptions, seed: int) -> Material:
    """Read the tales and make the cases.

    Args:
        origin: what the run was trained on.
        steps: those to measure.
        options: which tales, and how many cases.
        seed: chooses the cases.

    Raises:
        NoHeldOutTalesError: no tale is there that may be measured on.
        UsageError: nobody knows where the tales are.

    Other errors are those of :func:`ft_core.corpus.chosen_tale.read_chosen_tales`.
    """
    reader = _Reader(origin, options)
    held = reader.read(steps)
    stories = {telling.story.id for telling in held.tellings} & reader.choice.chosen
    scored = [telling for telling in held.tellings if telling.story.id in stories]
    if not scored:
        raise NoHeldOutTalesError(_say_why(reader, held))
    material = Material(
        steps,
        [telling.story for telling in scored],
        frozenset(reader.choice.new & stories),
        reader.choice.left_out,
        held.refusals,
    )
    known = join_inputs(telling for telling in held.tellings if telling.story.id not in stories)
    for step in steps:
        material.cases[step.name], material.skipped[step.name] = _count(step, scored, options, seed)
        material.train[step.name] = list_train_examples(origin.data, step.name, known)
    return material


def _count(step: Step, tellings: Sequence[Telling], options: EvaluationOptions, seed: int) -> tuple[list[Case], dict[str, int]]:
    cases, skipped = list_cases(step.name, tellings, seed=seed, limit=options.limit)
    return cases, dict(sorted(Counter(item.reason for item in skipped).items(), key=lambda item: (-item[1], item[0])))


class _Reader:
    """Reads the tales that are measured on, and those that were trained on where they lie beside them."""

    def __init__(self, origin: Origin, options: EvaluationOptions) -> None:
        self.choice = TaleChoice()
        self.split = options.split
        self._data = origin.data
        self.folders = list(options.data_dirs) or origin.find_tales()
        beside: Mapping[str, object] = options.beside or {}
        self._config: FineTuneConfig = origin.config.model_copy(update={k: v for k, v in beside.items() if v is not None})

    def read(self, steps: Sequence[Step]) -> ChosenTales:
        return read_chosen_tales(self.folders, steps, self._config, self._choose)

    def _choose(self, cards: Sequence[TaleCard]) -> set[str]:
        self.choice = choose_tales(cards, self._data, self.split)
        # A tale that was trained on is read for its inputs, which the run does not keep; it must be as it was then.
        trained = {
            card.story_id
            for card in cards
            if card.story_id in self._data.tales.get("train", ())
            and self._data.hashes.get(card.story_id, ("", ""))[0] == card.content_hash
        }
        return self.choice.chosen | trained


def _say_why(reader: _Reader, held: ChosenTales) -> str:
    told = [f"{each.file}: {each.reason}" for each in reader.choice.left_out] + [str(each) for each in held.refusals]
    lines = "".join(f"\n  - {line}" for line in told[:_TOLD])
    more = f"\n  and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    folders = ", ".join(map(str, reader.folders))
    advice = (
        "Hold tales out with --test-fraction or --test-tales when you train, or name a folder of other tales with --data-dir."
    )
    return f"{folders} holds no {reader.split} tale that these adapters may be measured on:{lines}{more}\n{advice}"
