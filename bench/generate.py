"""Speed of answering all steps: ft-core next to one prompt at a time, and what constrained decoding costs.

    python bench/generate.py --data-dir CORPUS --stac-dir CORPUS --events 12 --peer-events 3 --output results.json
    python bench/generate.py --shape 7b --prepared prepared --output results.json

An event is one prompt of each step. The base is the embedded model, or with ``--shape`` a Qwen2 of random weights, as in
``train_gpu.py``; the adapters, of rank 16 on all linear layers, are random. The peer asks one prompt after another with
transformers' ``generate``, step by step, greedily, on the same model with the same adapters; on a CPU in bfloat16 and in
float32, and the better counts. It gets fewer events than ours, evenly chosen by length.

A model of random weights would never end its answers. So the annotated answer's tokens are made the most probable ones in
turn, for both: every answer has the length it has in the tales, and under the constraint the masks are those of real answers.
All of it is measured: tokenising, the shared beginnings, and the masks; loading, warming up and the first use of a step's
schema are told apart.

Of tales (``--data-dir``) the inputs of each question are known, so that answers are also constrained as ``annotate`` does it:
to what ``narrow_schema`` leaves of the step's schema, with the time that it takes to make these schemas and to compile them.
Prepared files do not have the inputs; there the schemas are those of the steps. ``narrowing`` says which of the two a result
is of. Of the seconds of a constrained run, those that schemas and masks took by themselves are told too: on a busy machine
they vary less than the difference of two runs. What a mask costs when a token is chosen is not in them, and a GPU works on
while masks are made.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from generate_timing import Seconds, TimedConstraint, counting
from generate_work import Texts, Way, Work, read_source
from train_gpu import TARGETS, make_config, make_tokenizer

from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.run_file import installed_versions
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.infer.generate import generating_answerer
from ft_core.infer.generate.batch_plan import choose_batch_limit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.infer.generate.row_batch import RowBatch
from ft_core.step import Step, load_steps

CAP = 1024
CERTAIN = 1e4


def load_base(arguments: argparse.Namespace, texts: Texts, dtype: Any, folder: Path) -> tuple[Any, Chat]:
    """Return the base on its device, and its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2ForCausalLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    if not arguments.shape:
        located = find_base_model("smollm2-135m").locate()
        return AutoModelForCausalLM.from_pretrained(located, dtype=dtype).to(device), Chat(load_tokenizer(located))
    make_tokenizer(text.prompt.instruction for asked in texts.values() for text in asked).save_pretrained(folder)
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    with torch.device(device):
        model = Qwen2ForCausalLM(make_config(arguments.shape))
    torch.set_default_dtype(before)
    return model, Chat(load_tokenizer(folder))


def add_adapters(model: Any, steps: Sequence[str]) -> Any:
    """Return the base with a random adapter for each step."""
    from peft import LoraConfig, get_peft_model

    settings = LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS, init_lora_weights=False, task_type="CAUSAL_LM")
    first, *others = steps
    adapted = get_peft_model(model, settings, adapter_name=first, autocast_adapter_dtype=False)
    for step in others:
        adapted.add_adapter(step, settings, autocast_adapter_dtype=False)
    return adapted.eval()


def steer_batches(work: Work) -> type[RowBatch]:
    """Return rows whose most probable tokens are those of the annotated answers."""
    import torch

    chat = work.chat
    gold = {
        tuple(chat.prompt_ids(text.prompt)): [*chat.answer_ids(text.completion), chat.eos]
        for texts in work.texts.values()
        for text in texts
    }

    class SteeredBatch(RowBatch):
        """Rows that give the annotated answers."""

        def __init__(self, model: Any, prefix: Any, rests: Sequence[Sequence[int]], room: int) -> None:
            super().__init__(model, prefix, rests, room)
            self._gold = [gold[(*prefix.ids, *rest)] for rest in rests]
            self._at = 0

        def keep(self, going: Sequence[int]) -> list[int]:
            """Drop rows, and their answers with them."""
            order = super().keep(going)
            self._gold = [self._gold[place] for place in order]
            return order

        def begin(self) -> Any:
            """Read the prompts."""
            return self._steer(super().begin())

        def advance(self, tokens: Sequence[int]) -> Any:
            """Read one more token of each row."""
            return self._steer(super().advance(tokens))

        def _steer(self, logits: Any) -> Any:
            wanted = torch.tensor([[answer[self._at]] for answer in self._gold], device=logits.device)
            self._at += 1
            return logits.scatter_(1, wanted, CERTAIN)

    return SteeredBatch


@cache
def find_step(name: str) -> Step:
    """Return an installed step."""
    return load_steps().get(name)


def make_answerer(model: Any, work: Work, batch_size: int | None) -> tuple[GeneratingAnswerer, dict[str, dict[str, float]]]:
    """Return what answers, and for each step the seconds that its schema takes at first and afterwards."""
    steps = {name: AskedStep(work.chat, find_step(name).info.output_schema, CAP) for name in work.texts}
    answerer = GeneratingAnswerer(model, steps, choose_batch_limit(model, batch_size))
    uses = {}
    for step in steps:
        times = []
        for _ in range(2):
            began = time.perf_counter()
            answerer._constrain(step, [None]).fill_masks([0])
            times.append(time.perf_counter() - began)
        uses[step] = {"first_s": round(times[0], 4), "again_s": round(times[1], 5)}
    return answerer, uses


def ask_ours(model: Any, work: Work, batch_size: int | None, way: Way) -> Seconds:
    """Answer everything in batches, and return how long it took; the schemas of the steps have been used before."""
    answerer, _ = make_answerer(model, work, batch_size)
    replies = {}
    wait()
    TimedConstraint.seconds, began = 0.0, time.perf_counter()
    for name, texts in work.texts.items():
        prompts = [text.prompt for text in texts]
        with counting():
            schemas = [find_step(name).narrow_schema(work.shown[prompt]) for prompt in prompts] if way == "narrowed" else None
        replies[name] = answerer.ask(name, prompts, constrained=way != "unconstrained", schemas=schemas)
    wait()
    seconds = Seconds(time.perf_counter() - began, TimedConstraint.seconds)
    for step, texts in work.texts.items():
        wrong = [text for text, reply in zip(texts, replies[step], strict=True) if reply.text != text.completion]
        if wrong:
            raise SystemExit(f"{step}: {len(wrong)} answers are not those of the tales, the first of {wrong[0].story_id}")
    return seconds


def ask_peer(model: Any, work: Work) -> float:
    """Answer everything one prompt at a time, and return the seconds."""
    import torch
    from transformers import LogitsProcessorList

    chat = work.chat
    wait()
    began = time.perf_counter()
    with torch.no_grad():
        for step, texts in work.texts.items():
            model.set_adapter(step, inference_mode=True)
            for text in texts:
                ids = torch.tensor([chat.prompt_ids(text.prompt)], device=model.device)
                gold = [*chat.answer_ids(text.completion), chat.eos]

                def steer(seen: Any, scores: Any, gold: list[int] = gold, start: int = ids.shape[1]) -> Any:
                    scores[:, gold[seen.shape[1] - start]] = CERTAIN
                    return scores

                answer = model.generate(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=CAP,
                    do_sample=False,
                    eos_token_id=chat.eos,
                    pad_token_id=chat.eos,
                    logits_processor=LogitsProcessorList([steer]),
                )
                if answer[0, ids.shape[1] :].tolist() != gold:
                    raise SystemExit(f"{step}: the peer's answer is not that of {text.story_id}")
    wait()
    return time.perf_counter() - began


def wait() -> None:
    """Wait for a GPU to finish."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(arguments: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Measure all, and return the results in the shape of ``bench/results``."""
    import torch

    on_gpu = torch.cuda.is_available()
    dtype = torch.bfloat16 if on_gpu or has_bfloat16() else torch.float32
    source = read_source(arguments)
    base, chat = load_base(arguments, source.texts, dtype, folder)
    work = Work(source.texts, chat, source.shown).sample(min(arguments.events, *map(len, source.texts.values())))
    few = work.sample(arguments.peer_events)
    model = add_adapters(base, list(work.texts))
    generating_answerer.RowBatch = steer_batches(work)  # type: ignore[misc]
    generating_answerer.Constraint = TimedConstraint  # type: ignore[misc]
    _, first_uses = make_answerer(model, work, arguments.batch_size)
    warm = work.sample(1)
    ask_ours(model, warm, arguments.batch_size, work.ways[0])
    ask_peer(model, warm)
    ours: dict[Way, list[Seconds]] = {way: [] for way in work.ways}
    for way in work.ways * arguments.repeats:
        ours[way].append(ask_ours(model, work, arguments.batch_size, way))
        print(f"ours, {way}: {ours[way][-1].all:.1f} s, of these {ours[way][-1].schemas_and_masks:.2f} s", flush=True)
    peers = {str(dtype).removeprefix("torch."): ask_peer(model, few)}
    if not on_gpu and dtype != torch.float32:
        peers["float32"] = ask_peer(model.float(), few)
    print(f"peer: {peers}", flush=True)
    return summarise(arguments.shape or "smollm2-135m", work, few, ours=ours, peers=peers, first_uses=first_uses)


def summarise(
    shape: str,
    work: Work,
    few: Work,
    *,
    ours: Mapping[Way, Sequence[Seconds]],
    peers: Mapping[str, float],
    first_uses: Mapping[str, Mapping[str, float]],
) -> list[dict[str, Any]]:
    """Return the results: ours by the peer, and with each constraint by without any; the best of the repeats counts."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {os.cpu_count()} cores"
    common = {"device": device, "versions": installed_versions(), "date": date.today().isoformat()}
    name = f"answering {len(work.texts)} steps, {shape}"
    best = min(peers, key=lambda dtype: peers[dtype])
    first = work.ways[0]
    ours_speed, peer_speed = work.events / min(ours[first]).all, few.events / peers[best]
    speed = {
        "name": name,
        "unit": "events/s",
        "ours": round(ours_speed, 4),
        "peer": round(peer_speed, 4),
        "peer_name": f"transformers generate, one prompt at a time, {best}",
        "ratio": round(ours_speed / peer_speed, 3),
        "narrowing": first == "narrowed",
        "peers": {dtype: round(few.events / seconds, 4) for dtype, seconds in peers.items()},
        "events": {"ours": work.events, "peer": few.events},
        "prompt_tokens": {"ours": work.prompt_tokens, "peer": few.prompt_tokens},
        "answer_tokens": {"ours": work.answer_tokens, "peer": few.answer_tokens},
    }
    costs = [tell_cost(name, way, work.answer_tokens, ours) | {"schemas": first_uses} for way in work.ways[:-1]]
    return [each | common for each in (speed, *costs)]


def tell_cost(name: str, way: Way, tokens: int, ours: Mapping[Way, Sequence[Seconds]]) -> dict[str, Any]:
    """Return what one way of constraining costs, next to no constraint."""
    slow, bare = min(ours[way]).all, min(ours["unconstrained"]).all
    return {
        "name": f"constrained decoding, {name}",
        "unit": "answer tokens/s",
        "ours": round(tokens / slow, 2),
        "peer": round(tokens / bare, 2),
        "peer_name": "ours without constraint",
        "ratio": round(bare / slow, 4),
        "narrowing": way == "narrowed",
        "seconds": {
            "constrained": [each.all for each in ours[way]],
            "unconstrained": [each.all for each in ours["unconstrained"]],
            "schemas_and_masks": [each.schemas_and_masks for each in ours[way]],
        },
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data-dir", nargs="+", help="folders of annotated tales")
    source.add_argument("--prepared", help="folder that ft-core prepare wrote; answers are not narrowed to their questions")
    parser.add_argument("--stac-dir", nargs="+", default=[])
    parser.add_argument("--texts-dir", nargs="+", default=[])
    parser.add_argument("--shape", choices=["tiny", "7b"], help="a Qwen2 of random weights; the embedded model if not given")
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--events", type=int, default=64)
    parser.add_argument("--peer-events", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--output", "--out", type=Path)
    arguments = parser.parse_args()
    if arguments.prepared and (arguments.stac_dir or arguments.texts_dir):
        parser.error("--stac-dir and --texts-dir lie beside tales; give --data-dir instead of --prepared")
    with tempfile.TemporaryDirectory() as folder:
        results = measure(arguments, Path(folder))
    print(json.dumps(results, indent=2))
    if arguments.output:
        held = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else []
        arguments.output.write_text(json.dumps(held + results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
