"""All steps in one command, next to a run for each step as people did it before: wall time, loading included.

    python bench/train_all.py --shape 7b --prepared prepared --examples 200 --output results.json

The peer is one process for each step: Unsloth, batches of 4, 4 of them a step, its gradient checkpointing, the loss on
everything, and the base loaded anew each time. Ours is one process for all steps. Both see the same examples once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

from train_gpu import BATCH, SHAPES, WARMUP, PlainStep, list_rows, make_base, read_data, train_with_trl

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.run_file import installed_versions
from ft_core.step import Step


def train_ours(arguments: argparse.Namespace, base: Path) -> None:
    """Train every step with ft-core."""
    from ft_core.engine.training import train_steps

    data = {
        name: replace(step, train=step.train[: arguments.examples], examples=step.examples[: arguments.examples])
        for name, step in read_data(arguments).items()
    }
    with tempfile.TemporaryDirectory() as out:
        config = FineTuneConfig(model_name=str(base), output_dir=out, num_epochs=1, load_in_4bit=arguments.load_in_4bit)
        run = train_steps(TrainingData(data, "bench"), [cast(Step, PlainStep(name)) for name in data], config)
    if run.exit_code:
        raise SystemExit(1)


def train_one(arguments: argparse.Namespace, base: Path) -> None:
    """Train one step as people did before, and save the adapter."""
    from ft_core.engine.adapter import attached_adapter
    from ft_core.engine.loading import load_base

    config = FineTuneConfig(model_name=str(base), load_in_4bit=arguments.load_in_4bit)
    loaded = load_base(config)
    (data,) = read_data(arguments).values()
    rows = list_rows(replace(data, train=data.train[: arguments.examples]), base)
    with (
        attached_adapter(loaded.model, config.lora, seed=1, checkpointing=True) as model,
        tempfile.TemporaryDirectory() as out,
    ):
        train_with_trl(model, loaded.chat.tokenizer, rows, len(rows) - WARMUP * BATCH, checkpointing=False)
        model.save_pretrained(out)


def time_process(*flags: str) -> float:
    """Run a part in a process of its own, and return its seconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, __file__, *sys.argv[1:], *flags], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Measure both, and print and write the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--base-dir", type=Path, default=Path(tempfile.gettempdir()) / "ft-core-bench")
    parser.add_argument("--prepared", required=True)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--load-in-4bit", action="store_true")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--part", choices=["base", "ours", "one"], help=argparse.SUPPRESS)
    parser.add_argument("--steps", nargs="+", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--layout", default="ours", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    base = arguments.base_dir / arguments.shape
    if arguments.part == "base":
        texts = [text.prompt.instruction for each in read_data(arguments).values() for text in each.train]
        make_base(arguments.shape, base, texts)
    elif arguments.part:
        (train_ours if arguments.part == "ours" else train_one)(arguments, base)
    else:
        compare(arguments, base)


def compare(arguments: argparse.Namespace, base: Path) -> None:
    """Measure one process for all steps, then one for each."""
    time_process("--part", "base")
    ours = time_process("--part", "ours")
    print(f"ours: {ours:.1f} s", flush=True)
    each: dict[str, float] = {}
    for name in read_data(arguments):
        each[name] = round(time_process("--part", "one", "--steps", name), 1)
        print(f"{name} alone: {each[name]} s", flush=True)
    import torch

    dtype = "4 bit" if arguments.load_in_4bit else "bf16"
    result = {
        "name": f"all steps, {arguments.shape}, {arguments.examples} examples each, {dtype}",
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU",
        "unit": "runs of all steps an hour",
        "ours": round(3600 / ours, 2),
        "peer": round(3600 / sum(each.values()), 2),
        "peer_name": "one process a step, Unsloth with its checkpointing, loss on everything",
        "ratio": round(sum(each.values()) / ours, 3),
        "seconds": {"ours": round(ours, 1), "peer": each},
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }
    print(json.dumps([result], indent=2))
    if arguments.output:
        arguments.output.write_text(json.dumps([result], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
