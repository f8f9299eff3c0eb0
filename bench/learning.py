"""What adapters learn of annotated tales: settings are chosen on validation tales, and the adapters measured on test tales.

    ft-core prepare --data-dir CORPUS --stac-dir CORPUS --test-fraction 0.2 --output-dir prepared
    python bench/learning.py --prepared prepared --data-dir CORPUS --stac-dir CORPUS --output learning.json

For each seed and each learning rate all steps are trained in a process of their own. The learning rate with the lowest
validation loss, on average over steps and seeds, is chosen for the base; only its adapters are measured, by ``ft-core
evaluate``, so no test tale had a say in it. Several processes run at once, on several GPUs if they are named.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

from ft_core.engine.run_file import installed_versions, read_run

SYSTEMS = ("adapter", "base", "majority", "tfidf")
KEPT = ("primary", "cases", "tales", "trained_on", *SYSTEMS, "difference", "valid")
"""What is kept of a step's results: figures, and nothing of the tales."""


def run(command: Sequence[str], log: Path, gpu: str | None) -> None:
    """Run a command with its output in a file; one that fails says so and the others go on."""
    environment = os.environ | ({"CUDA_VISIBLE_DEVICES": gpu} if gpu is not None else {})
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, env=environment, check=False)
    print(f"{log.stem}: exit code {done.returncode}", flush=True)


def train(arguments: argparse.Namespace, name: str, seed: int, rate: float, gpu: str | None) -> None:
    """Train all steps with one seed and one learning rate."""
    folder = arguments.work / name
    flags = {
        "--prepared": arguments.prepared,
        "--model-name": arguments.base,
        "--output-dir": str(folder),
        "--seed": str(seed),
        "--learning-rate": str(rate),
        "--num-epochs": str(arguments.epochs),
        "--batch-size": str(arguments.batch_size),
        "--gradient-accumulation-steps": "1",
    }
    command = [sys.executable, "-m", "ft_core", "train", "--all-installed", *(part for pair in flags.items() for part in pair)]
    command += ["--backend", arguments.backend] if arguments.backend else []
    run([*command, *(("--max-examples", str(arguments.max_examples)) if arguments.max_examples else ())], log_of(folder), gpu)


def evaluate(arguments: argparse.Namespace, name: str, gpu: str | None) -> None:
    """Measure the adapters of one run."""
    folder = arguments.work / name
    command = [sys.executable, "-m", "ft_core", "evaluate", "--run", str(folder), "--no-pipeline"]
    for each in arguments.data_dir:
        command += ["--data-dir", each]
    for flag, folders in (("--stac-dir", arguments.stac_dir), ("--texts-dir", arguments.texts_dir)):
        command += [flag, *folders] if folders else []
    command += ["--limit", str(arguments.limit)] if arguments.limit else []
    run(command, log_of(folder, "-evaluated"), gpu)


def log_of(folder: Path, suffix: str = "") -> Path:
    """Return where the output of a run's command goes."""
    return folder.with_name(f"{folder.name}{suffix}.log")


def mean_loss(folder: Path) -> float | None:
    """Return the mean of the steps' best validation losses; None where some step has none."""
    record = read_run(folder)
    losses = [step.val_loss for step in record.steps.values()] if record else []
    return statistics.mean(losses) if losses and None not in losses else None  # type: ignore[arg-type,type-var]


def choose_rate(arguments: argparse.Namespace) -> tuple[float, dict[str, float | None]]:
    """Return the learning rate with the lowest validation loss, and the losses of all."""
    losses: dict[str, float | None] = {}
    for rate in arguments.learning_rates:
        found = [mean_loss(arguments.work / name_run(seed, rate)) for seed in arguments.seeds]
        held = [loss for loss in found if loss is not None]
        losses[str(rate)] = statistics.mean(held) if len(held) == len(found) else None
    known = {rate: loss for rate, loss in losses.items() if loss is not None}
    if not known:
        raise SystemExit(f"No training went through; look at {arguments.work}.")
    return float(min(known, key=lambda rate: known[rate])), losses


def name_run(seed: int, rate: float) -> str:
    """Return the folder's name of a run."""
    return f"seed{seed}-rate{rate:g}"


def gather(arguments: argparse.Namespace, rate: float, losses: Mapping[str, float | None]) -> dict[str, Any]:
    """Return the results of the seeds, and for each step the means of the systems on its primary metric."""
    results = {}
    for seed in arguments.seeds:
        path = arguments.work / name_run(seed, rate) / "_evaluation" / "results.json"
        if path.is_file():
            results[str(seed)] = json.loads(path.read_text(encoding="utf-8"))
    steps: dict[str, Any] = {}
    for name, first in next(iter(results.values()))["steps"].items() if results else ():
        primary = first["primary"]
        found = [result["steps"][name] for result in results.values()]
        steps[name] = {"primary": primary}
        for system in SYSTEMS:
            values = [each[system][primary]["value"] for each in found if primary in (each.get(system) or {})]
            steps[name][system] = {"mean": round(statistics.mean(values), 4), "seeds": values} if values else None
        steps[name]["difference"] = [each.get("difference") for each in found]
    return {
        "name": f"learning, {arguments.title or arguments.base}",
        "steps": steps,
        "results": {
            seed: {name: {key: step[key] for key in KEPT if key in step} for name, step in result["steps"].items()}
            for seed, result in results.items()
        },
        "settings": {
            "learning_rate": rate,
            "val_loss_by_rate": losses,
            "epochs_at_most": arguments.epochs,
            "batch": arguments.batch_size,
            "seeds": arguments.seeds,
        },
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }


def main() -> None:
    """Train, choose, measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--title")
    parser.add_argument("--backend")
    parser.add_argument("--prepared", required=True)
    parser.add_argument("--data-dir", nargs="+", required=True)
    parser.add_argument("--stac-dir", nargs="+", default=[])
    parser.add_argument("--texts-dir", nargs="+", default=[])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--learning-rates", nargs="+", type=float, default=[5e-4, 1e-3, 2e-3])
    parser.add_argument("--epochs", type=float, default=8)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--max-examples", type=int)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--gpus", nargs="+", default=[None])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("learning"))
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    gpus = cycle(arguments.gpus)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for seed in arguments.seeds:
            for rate in arguments.learning_rates:
                pool.submit(train, arguments, name_run(seed, rate), seed, rate, next(gpus))
    rate, losses = choose_rate(arguments)
    print(f"validation losses {losses}; chosen: {rate}", flush=True)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for seed in arguments.seeds:
            pool.submit(evaluate, arguments, name_run(seed, rate), next(gpus))
    found = gather(arguments, rate, losses)
    print(
        json.dumps(
            {name: {key: value for key, value in step.items() if key != "difference"} for name, step in found["steps"].items()},
            indent=1,
        )
    )
    if arguments.output:
        arguments.output.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
