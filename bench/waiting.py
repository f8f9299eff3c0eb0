"""How threads wait for each other on a CPU: spinning for a moment, as in ft-core, against sleeping at once and spinning long.

    python bench/waiting.py --beside 0 2 --output results.json

Each way is a process of its own, for OpenMP reads its variables when PyTorch is imported. It answers with the embedded model
and a random adapter, token by token, and it trains that adapter on rows of random tokens; so it measures the small products of
one token, and the large ones of a row. ``--beside`` says how many other programs want a core meanwhile. Spinning long takes
minutes where there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from ft_core.engine.environment import prepare_environment
from ft_core.engine.run_file import installed_versions

WAYS: Mapping[str, Mapping[str, str]] = {
    "ours": {},
    "sleeping at once": {"OMP_WAIT_POLICY": "passive"},
    "spinning long, OpenMP's default": {"GOMP_SPINCOUNT": "300000"},
}
TOKENS, ROW, STEPS = 48, 300, 4


def work() -> dict[str, float]:
    """Answer and train, and return the tokens a second of both."""
    prepare_environment()
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from ft_core.engine.base_model import find_base_model

    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(find_base_model("smollm2-135m").locate(), dtype=torch.bfloat16)
    settings = LoraConfig(r=16, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    model = get_peft_model(base, settings, autocast_adapter_dtype=False)
    row = torch.randint(100, 40_000, (1, ROW))

    def answer() -> None:
        with torch.inference_mode():
            model.generate(input_ids=row[:, :64], max_new_tokens=TOKENS, min_new_tokens=TOKENS, do_sample=False, pad_token_id=0)

    def train() -> None:
        for _ in range(STEPS):
            model(input_ids=row, labels=row).loss.backward()

    return {"answering": TOKENS / measure(answer), "training": STEPS * ROW / measure(train)}


def measure(do: Any) -> float:
    """Return the seconds of the better of two runs, after one that warms up."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        do()
        times.append(time.perf_counter() - began)
    return min(times[1:])


@contextmanager
def others(count: int) -> Iterator[None]:
    """Let other programs want a core each."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()


def compare(beside: int) -> list[dict[str, Any]]:
    """Measure all ways, and return the results in the shape of ``bench/results``."""
    speeds = {}
    clean = {name: value for name, value in os.environ.items() if name not in {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}}
    for way, variables in WAYS.items():
        with others(beside):
            done = subprocess.run(
                [sys.executable, __file__, "--work"], env=clean | variables, check=True, capture_output=True, text=True
            )
        speeds[way] = json.loads(done.stdout.splitlines()[-1])
        print(f"{beside} beside, {way}: {speeds[way]}", flush=True)
    return [
        {
            "name": f"{what}, embedded model, {beside} other programs",
            "unit": "tokens/s",
            "ours": round(speeds["ours"][what], 2),
            "peer": round(speeds[way][what], 2),
            "peer_name": way,
            "ratio": round(speeds["ours"][what] / speeds[way][what], 3),
            "device": f"CPU, {os.cpu_count()} cores",
            "versions": installed_versions(),
            "date": date.today().isoformat(),
        }
        for what in ("answering", "training")
        for way in WAYS
        if way != "ours"
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", nargs="+", type=int, default=[0], help="numbers of other programs that want a core")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        print(json.dumps(work()))
        return
    results = [result for beside in arguments.beside for result in compare(beside)]
    print(json.dumps(results, indent=2))
    if arguments.output:
        arguments.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
