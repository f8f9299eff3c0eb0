"""Speed of training on a CPU, next to the stock trainer: the embedded model, the same examples, the same batch.

    python bench/train_cpu.py --prepared DIR --steps action event_type --examples 32

The peer is ``transformers.Trainer`` with PEFT, eight rows a batch padded to the longest, logits at every place, in float32 and
in bfloat16; the better of the two counts. Ours is ``ft-core train``'s own loop. Every measurement has a process of its own, one
after the other; loading is left out, and so is the first optimizer step of each. Prints one JSON list.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.training_data import StepData
from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.progress import LogEntry
from ft_core.engine.rows import IGNORED, make_rows
from ft_core.engine.run_file import installed_versions
from ft_core.engine.tokenizer_files import load_tokenizer

BATCH = 8


def read_data(prepared: str, step: str, examples: int) -> StepData:
    """Return the first training examples of a prepared step."""
    data = read_prepared(prepared, [step]).steps[step]
    return StepData(data.train[:examples], examples=data.examples[:examples])


def measure_ours(arguments: argparse.Namespace) -> dict[str, float]:
    """Train with ft-core, and return its speed."""
    from ft_core.engine.step_trainer import StepTrainer
    from ft_core.step import load_steps

    class Quiet:
        """Notes when each optimizer step is done."""

        def __init__(self) -> None:
            self.done: list[LogEntry] = []

        def start(self, name: str, steps: int) -> None:
            """Do nothing."""

        def advance(self, entry: LogEntry) -> None:
            """Note it."""
            self.done.append(entry)

        def stop(self) -> None:
            """Do nothing."""

    with tempfile.TemporaryDirectory() as out:
        config = FineTuneConfig(
            model_name=arguments.model_name, device="cpu", output_dir=out, batch_size=BATCH, gradient_accumulation_steps=1,
            num_epochs=1, learning_rate=1e-4, packing=arguments.packing, save_steps=10_000,
        )  # fmt: skip
        progress = Quiet()
        trainer = StepTrainer(load_steps().get(arguments.step), config, progress=progress)
        record = trainer.train(read_data(arguments.prepared, arguments.step, arguments.examples))
        trainer.close()
    first, last = progress.done[0], progress.done[-1]
    seen = (len(progress.done) - 1) * BATCH
    return {
        "examples_per_s": seen / (last.seconds - first.seconds),
        "loss": last.loss,
        "packing": record.packing,  # type: ignore[dict-item]
    }


def measure_peer(arguments: argparse.Namespace) -> dict[str, float]:
    """Train with the stock trainer, and return its speed."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, Trainer, TrainerCallback, TrainingArguments

    folder = find_base_model(arguments.model_name, "cpu").locate()
    chat = Chat(load_tokenizer(folder))
    texts = read_data(arguments.prepared, arguments.step, arguments.examples).train
    rows = make_rows(chat, arguments.step, texts, FineTuneConfig(), None).rows
    dtype = torch.bfloat16 if arguments.bf16 else torch.float32
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    model = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear"))
    times: list[float] = []

    class Clock(TrainerCallback):
        """Notes when each optimizer step is done."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            times.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as out:
        settings = TrainingArguments(
            output_dir=out,
            per_device_train_batch_size=BATCH,
            num_train_epochs=1,
            learning_rate=1e-4,
            use_cpu=True,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
            remove_unused_columns=False,
            logging_steps=1000,
        )
        data = Dataset.from_dict({"input_ids": [list(row.input_ids) for row in rows], "labels": [row.labels for row in rows]})
        trainer = Trainer(model=model, args=settings, train_dataset=data, data_collator=pad, callbacks=[Clock()])
        trained = trainer.train()
    return {"examples_per_s": (len(times) - 1) * BATCH / (times[-1] - times[0]), "loss": trained.training_loss}


def pad(rows: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    """Put rows into one batch, padded on the right."""
    import torch

    longest = max(len(row["input_ids"]) for row in rows)

    def fill(key: str, filler: int) -> torch.Tensor:
        return torch.tensor([row[key] + [filler] * (longest - len(row[key])) for row in rows])

    mask = torch.tensor([[1] * len(row["input_ids"]) + [0] * (longest - len(row["input_ids"])) for row in rows])
    return {"input_ids": fill("input_ids", 0), "attention_mask": mask, "labels": fill("labels", IGNORED)}


def run_alone(arguments: argparse.Namespace, step: str, *flags: str) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [
        sys.executable,
        __file__,
        "--prepared",
        arguments.prepared,
        "--step",
        step,
        "--examples",
        str(arguments.examples),
    ]
    command += ["--model-name", arguments.model_name, *flags]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(arguments: argparse.Namespace, step: str) -> dict[str, Any]:
    """Measure ours and the peers on one step."""
    ours = run_alone(arguments, step, "--what", "ours", "--packing", arguments.packing)
    peers = {
        name: run_alone(arguments, step, "--what", "peer", *flags)
        for name, flags in (("float32", ()), ("bfloat16", ("--bf16",)))
    }
    best = max(peers, key=lambda name: float(peers[name]["examples_per_s"]))
    return {
        "name": f"training on a CPU, {step}, {arguments.model_name}, packing {ours['packing']}",
        "device": f"CPU, {os.cpu_count()} cores",
        "unit": "examples/s",
        "ours": round(ours["examples_per_s"], 4),
        "peer": round(peers[best]["examples_per_s"], 4),
        "peer_name": f"transformers.Trainer, padded batches of {BATCH}, full logits, {best}",
        "ratio": round(ours["examples_per_s"] / peers[best]["examples_per_s"], 3),
        "peers": {name: round(each["examples_per_s"], 4) for name, each in peers.items()},
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }


def main() -> None:
    """Measure one thing, or compare for each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepared", required=True, help="folder that ft-core prepare wrote")
    parser.add_argument("--steps", nargs="+", default=["action"])
    parser.add_argument("--examples", type=int, default=32)
    parser.add_argument("--model-name", default="smollm2-135m")
    parser.add_argument("--packing", default="shared", choices=["shared", "plain", "none"])
    parser.add_argument("--what", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--bf16", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.getLogger("ft_core").addHandler(logging.NullHandler())
    if arguments.what:
        print(json.dumps((measure_ours if arguments.what == "ours" else measure_peer)(arguments)))
    else:
        print(json.dumps([compare(arguments, step) for step in arguments.steps], indent=2))


if __name__ == "__main__":
    main()
