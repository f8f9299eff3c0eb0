"""The memory that a plan expects, next to the peak of the training that follows it, with and without a limit.

    ft-core prepare --data-dir CORPUS --output-dir prepared
    python bench/plan_memory.py --shape 7b --prepared prepared --gpu-memory all 24GB 8GB --output results.json

The base is that of ``train_gpu.py``. Each limit has a process of its own, which trains every step for a few optimizer steps;
PyTorch's allocator keeps the limit. Planned and measured are what tensors take at the peak, in GiB.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, cast

from train_gpu import SHAPES, PlainStep, make_base, read_data

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.run_file import installed_versions, read_run
from ft_core.step import Step


def train(arguments: argparse.Namespace, base: Path, out: Path) -> None:
    """Train every step within one limit."""
    from ft_core.engine.training import train_steps

    (limit,) = arguments.gpu_memory
    config = FineTuneConfig(
        model_name=str(base), output_dir=str(out), max_steps=arguments.max_steps, gpu_memory=None if limit == "all" else limit
    )
    data = read_data(arguments)
    train_steps(TrainingData(data, "bench"), [cast(Step, PlainStep(name)) for name in data], config)


def read_peaks(out: Path, limit: str, shape: str) -> dict[str, Any]:
    """Return planned and measured memory of a run, in the shape of ``bench/results``."""
    import torch

    record = read_run(out)
    if record is None:
        raise SystemExit(f"Nothing was trained within {limit}.")
    steps = {
        name: {
            "status": step.status,
            "planned_gib": step.planned_memory_gib,
            "peak_gib": step.peak_memory_gib,
            "ratio": round(step.planned_memory_gib / step.peak_memory_gib, 3)
            if step.planned_memory_gib and step.peak_memory_gib
            else None,
            "pack_tokens": step.pack_tokens,
            "checkpointing": step.checkpointing,
            "changes": list(step.changes),
            "events": list(step.events),
            "reason": step.reason,
        }
        for name, step in record.steps.items()
    }
    planned, measured = (max(each[key] or 0 for each in steps.values()) for key in ("planned_gib", "peak_gib"))
    return {
        "name": f"planned memory, {shape}, {limit}",
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU",
        "unit": "GiB",
        "ours": planned,
        "peer": measured,
        "peer_name": "measured peak",
        "ratio": round(planned / measured, 3) if measured else None,
        "load_in_4bit": record.config.get("load_in_4bit"),
        "steps": steps,
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }


def main() -> None:
    """Train within each limit, and print and write planned and measured memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--base-dir", type=Path, default=Path(tempfile.gettempdir()) / "ft-core-bench")
    parser.add_argument("--prepared", required=True)
    parser.add_argument("--gpu-memory", nargs="+", default=["all", "24GB"], help="limits, or all: what is there")
    parser.add_argument("--max-steps", type=int, default=4)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--layout", default="ours", help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("ft_core").setLevel(logging.INFO)
    base = arguments.base_dir / arguments.shape
    if arguments.into:
        train(arguments, base, arguments.into)
        return
    make_base(arguments.shape, base, [text.prompt.instruction for each in read_data(arguments).values() for text in each.train])
    results = []
    for limit in arguments.gpu_memory:
        with tempfile.TemporaryDirectory() as folder:
            flags = [
                *("--shape", arguments.shape, "--base-dir", str(arguments.base_dir), "--prepared", arguments.prepared),
                *("--max-steps", str(arguments.max_steps), "--gpu-memory", limit, "--into", folder),
                *(("--steps", *arguments.steps) if arguments.steps else ()),
            ]
            subprocess.run([sys.executable, __file__, *flags], check=False)
            results.append(read_peaks(Path(folder), limit, arguments.shape))
    print(json.dumps(results, indent=2))
    if arguments.output:
        arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
