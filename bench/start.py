"""How long ``ft-core train`` takes until the first forward, next to importing Unsloth and loading the same base model.

    python bench/start.py --prepared DIR --step action --rounds 3 --output results.json

Each measurement is a process of its own, timed from its start; the two take turns, and the median counts. The peer does what
nobody can do without: it imports Unsloth and loads the base with ``FastLanguageModel``, in the same quiet, offline environment.
Ours is ``ft-core train`` until a causal language model is called for the first time: it has read the data, chosen the packs,
loaded the base and attached the adapter by then. A round before the clock makes the caches of both warm.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

MARK = "done after "
BEGAN = "FT_CORE_BENCH_BEGAN"


def stop() -> NoReturn:
    """Print the seconds since the process was started, and leave at once."""
    print(f"{MARK}{time.time() - float(os.environ[BEGAN])}", flush=True)
    os._exit(0)


def run_peer(arguments: argparse.Namespace) -> NoReturn:
    """Import Unsloth and load the base."""
    from ft_core.engine.environment import go_offline, prepare_environment

    prepare_environment()
    go_offline()
    if arguments.device == "cpu":
        os.environ["UNSLOTH_FORCE_CPU"] = "1"
    from unsloth import FastLanguageModel

    FastLanguageModel.from_pretrained(
        str(find_base(arguments.base)), max_seq_length=2048, load_in_4bit=False, use_gradient_checkpointing=False
    )
    stop()


def run_ours(arguments: argparse.Namespace) -> NoReturn:
    """Train until a causal language model is called."""
    import torch

    from ft_core.cli import main

    def watch(module: torch.nn.Module, _: Any) -> None:
        """Leave where the whole model is called, not one of its layers."""
        if type(module).__name__.endswith("ForCausalLM"):
            stop()

    torch.nn.modules.module.register_module_forward_pre_hook(watch)
    with tempfile.TemporaryDirectory() as out:
        flags = {
            "--prepared": arguments.prepared,
            "--step": arguments.step,
            "--model-name": arguments.base,
            "--output-dir": out,
            "--max-steps": "1",
            "--device": arguments.device,
        }
        code = main(["train", *(part for pair in flags.items() for part in pair)])
    raise SystemExit(f"The training ended with {code} and without a forward.")


def find_base(base: str) -> Path:
    """Return the absolute folder of a base model."""
    from ft_core.engine.base_model import find_base_model

    return find_base_model(base).locate()


def measure(part: str) -> float:
    """Return the seconds that a part takes in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--part", part],
        env=os.environ | {BEGAN: str(time.time())},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return next(float(line.removeprefix(MARK)) for line in done.stdout.splitlines() if line.startswith(MARK))


def compare(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure both in turns, and return the result in the shape of ``bench/results``."""
    from ft_core.engine.run_file import installed_versions

    seconds: dict[str, list[float]] = {"peer": [], "ours": []}
    for count in range(arguments.rounds + 1):
        for part in sorted(seconds, reverse=bool(count % 2)):
            found = round(measure(part), 2)
            print(f"{part}: {found} s{'' if count else ' (caches are made)'}", flush=True)
            seconds[part] += [found] if count else []
    ours, peer = (statistics.median(seconds[part]) for part in ("ours", "peer"))
    return {
        "name": f"start of training until the first forward, {Path(arguments.base).name}, {arguments.device}",
        "unit": "seconds",
        "ours": ours,
        "peer": peer,
        "peer_name": "import unsloth, and loading the base",
        "ratio": round(ours / peer, 3),
        "seconds": seconds,
        "cores": os.cpu_count(),
        "versions": installed_versions(),
        "date": date.today().isoformat(),
    }


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepared", required=True)
    parser.add_argument("--step", default="action")
    parser.add_argument("--base", default="smollm2-135m")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--part", choices=["peer", "ours"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        (run_peer if arguments.part == "peer" else run_ours)(arguments)
    result = compare(arguments)
    print(json.dumps([result], indent=2))
    if arguments.output:
        arguments.output.write_text(json.dumps([result], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
