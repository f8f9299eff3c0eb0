"""A training that is killed at a chosen moment, again and again until it is through.

The training stack is imported once; each attempt is a fork of this process that trains, or goes on, and is killed by SIGKILL at
the n-th thing that it does in its output folder: opening, renaming or removing a file. So it is also killed in the middle of
writing a checkpoint, the log, ``run.json`` or the adapter.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.training import train_steps
from tests.engine.fake_step import fake_step, some_data, some_texts

__all__ = ["count_moments", "main"]

_WATCHED = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


def make_data() -> TrainingData:
    """Return examples of two steps, with validation examples."""
    data = some_data(action=some_texts(9), stac=some_texts(6, "crane"))
    return replace(data, steps={name: replace(step, val=some_texts(3, "owl")) for name, step in data.steps.items()})


def train(base: str, folder: Path, *, resume: bool) -> None:
    """Train both steps, or go on."""
    config = FineTuneConfig(
        model_name=base, device="cpu", output_dir=str(folder), batch_size=3, num_epochs=2, learning_rate=1e-2, lora_r=4,
        gradient_accumulation_steps=1, save_steps=1, bf16=False, eval_steps=2,
    )  # fmt: skip
    resume = resume and (folder / "run.json").is_file()
    train_steps(make_data(), [fake_step("action"), fake_step("stac")], config, resume=resume, overwrite=not resume)


def in_child(work: Callable[[], None]) -> int:
    """Do something in a fork of this process, and return its exit code; that of a killed one is negative."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(folder: Path, moment: int) -> None:
    """Kill this process at the n-th thing that it does in a folder; 0 never."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in _WATCHED and str(folder) in str(arguments[0]):
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def count_moments(base: str, folder: Path) -> int:
    """Train without being killed, and return how many things were done in the folder."""
    read, write = os.pipe()

    def work() -> None:
        seen = []
        sys.addaudithook(
            lambda event, arguments: seen.append(1) if event in _WATCHED and str(folder) in str(arguments[0]) else None
        )
        train(base, folder, resume=False)
        os.write(write, str(len(seen)).encode())

    assert in_child(work) == 0
    return int(os.read(read, 20))


def main(base: str, place: str, seed: int, points: int) -> None:
    """Print, as JSON, the adapters of a training left alone and of one killed at so many seeded moments, each resumed."""
    whole = Path(place) / "whole"
    moments = random.Random(seed).sample(range(1, count_moments(base, whole)), points)
    told = []
    for moment in moments:
        folder = Path(place) / f"killed-{moment}"

        def attempt(folder: Path = folder, moment: int = moment) -> None:
            kill_at(folder, moment)
            train(base, folder, resume=False)

        code = in_child(attempt)
        resumed = in_child(lambda folder=folder: train(base, folder, resume=True))  # type: ignore[misc]
        told.append({"moment": moment, "killed": code, "resumed": resumed, "folder": str(folder)})
    print(json.dumps({"whole": str(whole), "killed": told}))


if __name__ == "__main__":
    import torch

    import ft_core.engine.loading  # noqa: F401
    from ft_core.engine.unsloth_stack import import_unsloth

    torch.set_num_threads(1)
    if sys.argv[5:] != ["hf"]:
        import_unsloth("cpu")
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
