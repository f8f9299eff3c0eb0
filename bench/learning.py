"""What adapters learn of annotated tales, by cross-validation over tales: settings are chosen on validation tales alone.

    python bench/learning.py --data-dir CORPUS --base smollm2-135m --folds 3 --seeds 1 2 3 --output learning.json

The tales are divided into folds by ``ft-core prepare``. In each fold every setting is tried with the first seed, and for each
step the one whose answers to the fold's validation tales are the best (by the step's primary metric) is taken; then adapters of
all seeds are asked about the fold's test tales, of which nothing was known before. Each held-out tale is in one fold's test,
so that a seed's figures are over all of them. Validation tales with STAC labels of their sentences are also asked about in
segments cut anew, for those are many more. Processes run side by side, on several GPUs if they are named. With ``--chosen``
what was reached on the validation tales before is read from that file; only what is not there is tried, and it is added.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from itertools import chain, cycle
from pathlib import Path
from typing import Any, cast

from learning_report import Answers, gather, print_summary
from learning_setting import DATA, RETOLD, SETTINGS, Data
from learning_worker import Asked, Job

from ft_core.engine.run_file import installed_versions
from ft_core.infer.evaluate.attempt import as_answers
from ft_core.step import Step, load_steps


class Bench:
    """Runs jobs side by side, and remembers their answers in the work folder."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.work: Path = arguments.work
        self._gpus = cycle(arguments.gpus)
        self._pool = ThreadPoolExecutor(arguments.jobs)

    def prepare(self, fold: int, data: Data) -> str:
        """Make the examples of one fold."""
        asked = self.arguments
        folder = self.work / f"prepared-{fold}-{data}"
        if not folder.is_dir():
            command = ["prepare", *_repeat("--data-dir", asked.data_dir), "--folds", str(asked.folds), "--fold", str(fold)]
            retellings = asked.retellings if data in RETOLD else []
            beside = {"--stac-dir": asked.stac_dir, "--texts-dir": asked.texts_dir, "--retellings": retellings}
            command += [part for flag, names in beside.items() if names for part in (flag, *names)]
            command += [*chain(*DATA[data].items())]
            _run([sys.executable, "-m", "ft_core", *command, "--output-dir", str(folder)], folder.with_suffix(".log"), None)
        return str(folder)

    def start(self, name: str, job: Job) -> Future[Answers | None]:
        """Let a process do a job, unless its answers are there already."""
        return self._pool.submit(self._do, self.work / f"{name}.json", job, next(self._gpus))

    def _do(self, path: Path, job: Job, gpu: str | None) -> Answers | None:
        answers = path.with_suffix(".pickle")
        if not answers.is_file():
            path.write_text(json.dumps(asdict(job)), encoding="utf-8")
            _run(
                [sys.executable, str(Path(__file__).with_name("learning_worker.py")), str(path)], path.with_suffix(".log"), gpu
            )
        return cast(Answers, pickle.loads(answers.read_bytes())) if answers.is_file() else None  # noqa: S301  # we wrote it


def _run(command: Sequence[str], log: Path, gpu: str | None) -> None:
    environment = os.environ | ({"CUDA_VISIBLE_DEVICES": gpu} if gpu is not None else {})
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, env=environment, check=False)
    print(f"{log.stem}: exit code {done.returncode}", flush=True)


def _repeat(flag: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (flag, value)]


def make_job(bench: Bench, fold: int, seed: int, steps: Mapping[str, str], split: str, *, systems: bool) -> Job:
    """Return the job of one fold and seed."""
    asked = bench.arguments
    flags = {"--gpu-memory": asked.gpu_memory, "--pack-tokens": asked.pack_tokens}
    return Job(
        prepared={data: bench.prepare(fold, data) for data in {"plain", *(SETTINGS[each].data for each in steps.values())}},
        data_dirs=asked.data_dir,
        beside={"stac_dir": asked.stac_dir, "texts_dir": asked.texts_dir},
        folder=str(bench.work / f"fold{fold}-seed{seed}"),
        steps=steps,
        base=asked.base,
        backend=asked.backend,
        seed=seed,
        split=cast(Any, split),
        systems=systems,
        limit=asked.limit,
        flags={flag: value for flag, value in flags.items() if value},
    )


def find_primary(step: Step, asked: Asked) -> float:
    """Return the primary metric of the adapter's answers; 0 where it rests on nothing."""
    metrics = step.score_outputs(as_answers(asked.cases, asked.attempts["adapter"])).metrics()
    return metrics.get(step.info.primary_metric, 0.0)


Reached = dict[str, dict[str, float]]
"""By step and setting, the primary metric on the validation tales of a fold."""


Chosen = dict[str, list[dict[str, Any]]]
"""By base, what was tried in each fold and what was taken."""


def read_chosen(path: Path | None) -> Chosen:
    """Return what was tried before; nothing where no file is there."""
    return cast(Chosen, json.loads(path.read_text(encoding="utf-8"))) if path and path.is_file() else {}


def choose_settings(bench: Bench, steps: Sequence[Step], tried: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Try every setting in every fold; return what each step reached on the validation tales, and which setting it takes."""
    asked = bench.arguments
    folds = [_Fold(bench, number) for number in range(1, asked.folds + 1)]  # before the pool: their data is waited for
    before = {" ".join(each["tales"]): each["reached"] for each in tried}  # folds may be numbered otherwise
    for fold in folds:
        fold.reached = before.get(" ".join(fold.tales), {})
    running = [(fold, setting, fold.start(setting, steps)) for setting in asked.settings for fold in folds]
    for fold, setting, job in running:
        for name, answers in ((job.result() if job else None) or {}).items():
            step = next(step for step in steps if step.name == name)
            fold.reached.setdefault(name, {})[setting] = round(find_primary(step, answers), 4)
    found = [fold.tell([step.name for step in steps]) for fold in folds]
    for each in found:
        print(f"fold {each['fold']}: {json.dumps({key: each[key] for key in ('reached', 'taken')})}", flush=True)
    return found


class _Fold:
    def __init__(self, bench: Bench, number: int) -> None:
        self._bench, self._number = bench, number
        plain = Path(bench.prepare(number, "plain"))
        self.tales: list[str] = json.loads((plain / "manifest.json").read_text(encoding="utf-8"))["tales"]["val"]
        self.reached: Reached = {}

    def start(self, setting: str, steps: Sequence[Step]) -> Future[Answers | None] | None:
        """Try a setting for the steps that it is meant for and that have not tried it."""
        meant = SETTINGS[setting].steps
        names = [step.name for step in steps if not meant or step.name in meant]
        names = [name for name in names if setting not in self.reached.get(name, {})]
        if not names:
            return None
        job = make_job(
            self._bench, self._number, self._bench.arguments.seeds[0], dict.fromkeys(names, setting), "val", systems=False
        )
        return self._bench.start(f"val-{self._number}-{setting}", job)

    def tell(self, steps: Sequence[str]) -> dict[str, Any]:
        """Return what was tried, and the best setting of each step; of equals the first that was tried."""
        taken = {name: max(values, key=lambda each: values[each]) for name in steps if (values := self.reached.get(name))}
        return {"fold": self._number, "tales": self.tales, "reached": self.reached, "taken": taken}


def measure(bench: Bench, chosen: Sequence[Mapping[str, Any]]) -> dict[int, dict[int, Answers]]:
    """Return the answers to the test tales by seed and fold.

    The base and the baselines, which have no seed, answer with the first one.
    """
    asked = bench.arguments
    running = {
        (seed, fold["fold"]): bench.start(
            f"test-{fold['fold']}-{seed}",
            make_job(bench, fold["fold"], seed, fold["taken"], "test", systems=seed == asked.seeds[0]),
        )
        for seed in asked.seeds
        for fold in chosen
    }
    found: dict[int, dict[int, Answers]] = {}
    for (seed, fold), job in running.items():
        answers = job.result()
        if answers is None:
            print(f"seed {seed}, fold {fold} is missing: look at its log in {bench.work}", flush=True)
        else:
            found.setdefault(seed, {})[fold] = answers
    return found


def main() -> None:
    """Try, choose, measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--title")
    parser.add_argument("--backend", default="hf")
    parser.add_argument("--data-dir", nargs="+", required=True)
    parser.add_argument("--stac-dir", nargs="+", default=[])
    parser.add_argument("--texts-dir", nargs="+", default=[])
    parser.add_argument("--retellings", nargs="+", default=[])
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--limit", type=int, help="examples and cases a step, to try the benchmark out")
    parser.add_argument("--gpus", nargs="+", default=[None])
    parser.add_argument("--gpu-memory", help="what each process may take")
    parser.add_argument("--pack-tokens")
    parser.add_argument("--chosen", type=Path, help="what was tried before, by base; tried settings are added to it")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only-choose", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("learning"))
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    steps = load_steps().select(arguments.steps)
    bench = Bench(arguments)
    title, held = arguments.title or arguments.base, read_chosen(arguments.chosen)
    chosen = choose_settings(bench, steps, held.get(title, ()))
    if arguments.chosen:
        held[title] = chosen
        arguments.chosen.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if arguments.only_choose:
        return
    measured = measure(bench, chosen)
    found = gather(measured, steps, title, arguments.folds) | {
        "settings": {
            "folds": arguments.folds,
            "seeds": arguments.seeds,
            "batch": Job.__dataclass_fields__["batch_size"].default,
            "backend": arguments.backend,
            "tried": {name: asdict(SETTINGS[name]) for name in arguments.settings},
            "by_fold": chosen,
        },
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }
    print_summary(found["steps"])
    if arguments.output:
        arguments.output.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
