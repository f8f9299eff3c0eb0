"""One process of ``bench/learning.py``: trains adapters of one fold with one seed, and asks them about held-out tales.

    python bench/learning_worker.py job.json

The job says what to do, see :class:`Job`; the answers go into a pickle file, for they hold text of tales.
"""

from __future__ import annotations

import gc
import json
import pickle
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from learning_setting import RETOLD, SETTINGS

from ft_core.cli import main as ft_core
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.preparing import prepare
from ft_core.data_config import DataConfig
from ft_core.engine.run_file import read_run
from ft_core.infer.evaluate.asking import ask_model
from ft_core.infer.evaluate.attempt import Attempt
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.evaluation import Evaluation, answer_with_baselines
from ft_core.infer.evaluate.material import gather_material
from ft_core.infer.evaluate.opening import open_adapters
from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.origin import read_origin
from ft_core.infer.evaluate.system import System
from ft_core.step import Step, load_steps
from ft_core.story import Story


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to do.

    Attributes:
        prepared: the prepared folders of the fold, by their data.
        data_dirs: where the tales are.
        beside: where sidecars and texts are.
        folder: for the runs of this fold and seed.
        steps: the setting of each step.
        base: the base model.
        backend: of ``ft-core train``.
        seed: of the adapters.
        split: the tales to ask about.
        systems: whether the base and the baselines answer too.
        limit: examples a step, and cases a step, at most; to try the benchmark out.
        batch_size: examples an optimizer step.
        flags: of ``ft-core train``, which depend on the machine.
    """

    prepared: Mapping[str, str]
    data_dirs: list[str]
    beside: Mapping[str, list[str]]
    folder: str
    steps: Mapping[str, str]
    base: str
    backend: str
    seed: int
    split: Literal["val", "test"]
    systems: bool = False
    limit: int | None = None
    batch_size: int = 16
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def found_beside(self) -> dict[str, tuple[str, ...]]:
        """Where sidecars and texts are, of the two that are given."""
        return {name: tuple(folders) for name, folders in self.beside.items() if folders}


@dataclass(slots=True)
class Asked:
    """The answers to one step's cases.

    Attributes:
        cases: what was asked.
        attempts: one for each case, by system.
    """

    cases: list[Case]
    attempts: Mapping[System, list[Attempt]]


def train(job: Job, setting: str, steps: list[str]) -> Path:
    """Train some steps with one setting where that is not done yet, and return the run's folder."""
    folder, chosen = Path(job.folder) / setting, SETTINGS[setting]
    record = read_run(folder)
    missing = [step for step in steps if record is None or step not in record.steps or record.steps[step].status != "done"]
    if not missing:
        return folder
    flags = {
        "--prepared": job.prepared[chosen.data],
        "--model-name": job.base,
        "--output-dir": str(folder),
        "--backend": job.backend,
        "--seed": str(job.seed),
        "--batch-size": str(job.batch_size),
        "--gradient-accumulation-steps": "1",
        "--save-steps": "1000000",
        **({"--max-examples": str(job.limit)} if job.limit else {}),
        **job.flags,
    }
    code = ft_core(["train", "--steps", *missing, *(part for pair in flags.items() for part in pair), *chosen.list_flags()])
    if code:
        raise SystemExit(code)
    return folder


def cut_cases(job: Job, step: Step, stories: Sequence[Story]) -> list[Case]:
    """Return cases of the sentences of some tales in other segments, of which there are more than of annotated segments.

    Nothing for a step that does not write STAC.
    """
    if "stac" not in step.info.writes:
        return []
    held = {f"{story.id}~cut-1": story for story in stories}
    config = DataConfig(val_fraction=0, test_fraction=0, stac_cuts=1, **job.found_beside)
    with prepare(job.data_dirs, [step], config, keep_examples=True) as preparation:
        examples = preparation.list_examples(step.name, "train")
        return [Case(each, held[each.story_id]) for each in examples if each.story_id in held][: job.limit]


class Interview:
    """Asks the adapters of one run, and the base and the baselines."""

    def __init__(self, job: Job, setting: str, folder: Path, steps: Sequence[str]) -> None:
        origin = read_origin(folder)
        if SETTINGS[setting].data in RETOLD:  # of retellings the inputs are not kept, to which a baseline's answer could point
            origin = replace(origin, data=read_prepared(Path(job.prepared["plain"])))
        options = EvaluationOptions(
            split=job.split,
            data_dirs=[Path(each) for each in job.data_dirs],
            limit=job.limit,
            beside=job.found_beside,
        )
        material = gather_material(origin, load_steps().select(steps), options, seed=0)
        if job.split == "val":
            for step in material.steps:
                material.cases[step.name] += cut_cases(job, step, material.stories)
        self._evaluation = Evaluation(material)
        if job.systems:
            answer_with_baselines(self._evaluation, seed=0)
        self._opened = open_adapters(folder, steps, None)

    def ask(self, system: System) -> Iterator[tuple[str, Asked]]:
        """Let the base or the adapters answer, and yield what each step has been answered until now."""
        for step, cases in self._evaluation.list_asked():
            hidden = self._opened.left_out.get(step.name, ())
            began = time.monotonic()
            given = ask_model(step, cases, self._opened.answerer, adapter=system == "adapter", left_out=hidden)
            print(f"{step.name}: {system} answered {len(cases)} in {time.monotonic() - began:.0f} s", flush=True)
            self._evaluation.add(step.name, system, given)
            yield step.name, Asked(cases, dict(self._evaluation.attempts[step.name]))


def main() -> None:
    """Do the job of the file that is named, and write the answers beside it; what is there before the end has another name."""
    path = Path(sys.argv[1])
    job = Job(**json.loads(path.read_text(encoding="utf-8")))
    groups: dict[str, list[str]] = {}
    for step, setting in job.steps.items():
        groups.setdefault(setting, []).append(step)
    folders = {setting: train(job, setting, steps) for setting, steps in groups.items()}
    part, found = path.with_suffix(".part"), {}
    systems: list[System] = ["adapter", "base"] if job.systems else ["adapter"]
    for setting, steps in groups.items():
        interview = Interview(job, setting, folders[setting], steps)
        for step, asked in (each for system in systems for each in interview.ask(system)):
            found[step] = asked
            part.write_bytes(pickle.dumps(found))
        del interview
        gc.collect()
    part.rename(path.with_suffix(".pickle"))


if __name__ == "__main__":
    main()
