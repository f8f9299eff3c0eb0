"""Speed of answering with the prompts' beginning computed once, next to every prompt read whole.

    ft-core train --backend hf --model-name gemma-3-270m --data-dir TALES --max-steps 1 --max-examples 4 --output-dir RUN
    ft-core prepare --data-dir TALES --output-dir PREPARED
    python bench/shared_beginning.py --run RUN --prepared PREPARED --prompts 16 --output results.json

For base models with a sliding window, but it takes any run. Both sides are ft-core's batches with constrained decoding, in
turns; the better of the rounds counts. The shared beginning is computed anew in each call. Answers have as many tokens as the
model wants, up to a limit. In bfloat16, rows that are computed together with others are rounded differently, so some answers
differ; in float32 all should be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ft_core.corpus.prepared import read_prepared
from ft_core.engine.run_file import installed_versions
from ft_core.infer.generate import generating_answerer
from ft_core.infer.generate.condition import can_share_prefix
from ft_core.infer.generate.open_run import OpenRun, open_run
from ft_core.infer.generate.prefix import PrefixStore, find_shared_length
from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt


def read_prompts(folder: str, step: str, number: int) -> list[Prompt]:
    """Return prompts of a step that are evenly chosen by length."""
    data = read_prepared(folder, [step]).steps[step]
    texts = sorted((*data.train, *data.val, *data.test), key=lambda text: len(text.prompt.instruction))
    return [texts[int((part + 0.5) * len(texts) / number)].prompt for part in range(number)]


def ask(run: OpenRun, step: str, prompts: Sequence[Prompt], *, shares: bool) -> tuple[float, list[Reply]]:
    """Return the seconds that the prompts of a step take, and the replies; nothing is held from earlier calls."""
    answerer: Any = run.answerer
    generating_answerer.can_share_prefix = can_share_prefix if shares else lambda _: False  # type: ignore[attr-defined]
    answerer._shares, answerer._prefixes = None, PrefixStore(answerer._model)
    began = time.perf_counter()
    replies = answerer.ask(step, prompts)
    seconds = time.perf_counter() - began
    if answerer._shares is not shares:
        raise SystemExit("This base model cannot share the beginning of prompts; there is nothing to compare.")
    return seconds, replies


def name_device(run: OpenRun) -> str:
    """Return what the figures depend on."""
    import torch

    return torch.cuda.get_device_name() if run.device == "cuda" else f"CPU, {os.cpu_count()} cores"


def measure_step(run: OpenRun, step: str, prompts: Sequence[Prompt], rounds: int) -> dict[str, Any]:
    """Return the seconds of both ways in each round, and how many answers are equal."""
    ask(run, step, prompts[:1], shares=True)  # loads what is loaded at first use
    seconds: Mapping[bool, list[float]] = {True: [], False: []}
    replies: dict[bool, list[Reply]] = {}
    for turn in range(rounds):
        for shares in (True, False) if turn % 2 == 0 else (False, True):
            taken, replies[shares] = ask(run, step, prompts, shares=shares)
            seconds[shares].append(round(taken, 2))
    ids = [run.chats[step].prompt_ids(prompt) for prompt in prompts]
    return {
        "prompt_tokens": sum(map(len, ids)),
        "shared_tokens": find_shared_length(ids),
        "answer_tokens": sum(len(run.chats[step].answer_ids(reply.text)) for reply in replies[True]),
        "equal_answers": sum(one.text == other.text for one, other in zip(replies[True], replies[False], strict=True)),
        "seconds": {"shared": seconds[True], "whole": seconds[False]},
    }


def measure(arguments: argparse.Namespace, *, bf16: bool) -> list[dict[str, Any]]:
    """Return a result for each step, in the shape of ``bench/results``."""
    run = open_run(arguments.run, bf16=bf16, max_new_tokens=arguments.max_new_tokens)
    base, dtype = Path(str(run.record.base["name"])).name, "bfloat16" if bf16 else "float32"
    results = []
    for step in run.steps:
        found = measure_step(run, step.name, read_prompts(arguments.prepared, step.name, arguments.prompts), arguments.rounds)
        ours, peer = (arguments.prompts / min(found["seconds"][way]) for way in ("shared", "whole"))
        result = {
            "name": f"answering {step.name} from a shared beginning, {base}, {dtype}",
            "unit": "prompts/s",
            "ours": round(ours, 4),
            "peer": round(peer, 4),
            "peer_name": "ours, every prompt read whole",
            "ratio": round(ours / peer, 3),
            "prompts": arguments.prompts,
        }
        about = {"device": name_device(run), "versions": installed_versions()}
        results.append(result | found | about | {"date": date.today().isoformat()})
        print(json.dumps(result | found, indent=2), flush=True)
    return results


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True, help="output folder of a training")
    parser.add_argument("--prepared", required=True, help="folder that ft-core prepare wrote, with the steps of the run")
    parser.add_argument("--prompts", type=int, default=16, help="of each step")
    parser.add_argument("--max-new-tokens", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    results = [result for bf16 in (True, False) for result in measure(arguments, bf16=bf16)]
    if arguments.output:
        arguments.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
