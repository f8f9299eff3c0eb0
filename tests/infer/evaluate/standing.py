"""A run that was never trained, and those who answer for it: what evaluation does is the same for any answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.writing import write_prepared
from ft_core.engine.run_file import RunRecord, StepRecord, write_run
from ft_core.engine.training import DATA_FOLDER
from ft_core.example import Example, dump_answer
from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt
from ft_core.step import Step, load_steps

__all__ = ["GoldAnswerer", "StandingRun", "opener", "save_run"]

Spoil = Callable[[str, Prompt, str], str]


@dataclass
class GoldAnswerer:
    """Answers every prompt of a gold tale with its gold answer, or what ``spoil`` makes of it; the base answers ``base``.

    Attributes:
        asked: step, adapter and constrained of every call.
    """

    golds: Mapping[tuple[str, Prompt], str]
    spoil: Spoil = lambda step, prompt, gold: gold
    base: Spoil = lambda step, prompt, gold: "{}"
    asked: list[tuple[str, bool, bool]] = field(default_factory=list)

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        self.asked.append((step, how["adapter"], how["constrained"]))
        say = self.spoil if how["adapter"] else self.base
        return [Reply(say(step, prompt, self.golds.get((step, prompt), "{}")), confidence=0.5) for prompt in prompts]


@dataclass
class StandingRun:
    """What opening a run gives."""

    steps: tuple[Step, ...]
    answerer: Any
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def opener(answerer: Any, drift: Sequence[str] = ()) -> Callable[..., StandingRun]:
    """Return what opens a run with this answerer, and tells what is not as it was in training."""

    def open_run(folder: Path, steps: Sequence[str], device: str | None, *, allow_drift: bool) -> StandingRun:
        return StandingRun(tuple(load_steps().select(steps)), answerer, warnings=tuple(drift))

    return open_run


def collect_golds(tales: Path, steps: Sequence[str]) -> dict[tuple[str, Prompt], str]:
    """Return the gold answer of every prompt of the tales in a folder."""
    chosen = load_steps().select(steps)
    return {
        (step.name, item.prompt): dump_answer(item.output)
        for story in read_tales([tales]).stories
        for step in chosen
        for item in step.examples(story)
        if isinstance(item, Example) and item.prompt
    }


def save_run(folder: Path, tales: Path, steps: Sequence[str], **settings: Any) -> Path:
    """Write the folder of a run on tales, all but the adapters."""
    config = FineTuneConfig.model_validate({"seed": 1, "output_dir": str(folder), **settings})
    chosen = load_steps().select(steps)
    with prepare([tales], chosen, config, keep_examples=True) as preparation:
        data = preparation.as_training_data()
        write_prepared(preparation, folder / DATA_FOLDER)
    record = RunRecord(
        base={"name": "acme/tiny", "revision": None},
        data={"source": data.source, "data_hash": data.data_hash, "split_hash": data.split_hash},
        seed=config.seed,
        config=config.model_dump(mode="json"),
        distributions={step.name: f"{step.distribution} {step.version}" for step in chosen},
        steps={step.name: StepRecord("done", adapter=step.name, examples=len(data.steps[step.name].train)) for step in chosen},
    )
    write_run(folder, record)
    return folder
