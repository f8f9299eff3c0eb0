"""Speed of answering all steps: ft-core next to one prompt at a time, and what constrained decoding costs.

    ft-core prepare --data-dir CORPUS --output-dir prepared
    python bench/generate.py --prepared prepared --events 12 --peer-events 3 --output results.json
    python bench/generate.py --shape 7b --prepared prepared --output results.json

An event is one prompt of each step. The base is the embedded model, or with ``--shape`` a Qwen2 of random weights, as in
``train_gpu.py``; the adapters, of rank 16 on all linear layers, are random. The peer asks one prompt after another with
transformers' ``generate``, step by step, greedily, on the same model with the same adapters; on a CPU in bfloat16 and in
float32, and the better counts. It gets fewer events than ours, evenly chosen by length.

A model of random weights would never end its answers. So the annotated answer's tokens are made the most probable ones in
turn, for both: every answer has the length it has in the tales, and under the constraint the masks are those of real answers.
All of it is measured: tokenising, the shared beginnings, and the masks; loading, warming up and the first use of a schema
are told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from train_gpu import TARGETS, make_config, make_tokenizer

from ft_core.corpus.prepared import read_prepared
from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.cpu_instruction import has_bfloat16
from ft_core.engine.run_file import installed_versions
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.example import TrainingText
from ft_core.infer.generate import generating_answerer
from ft_core.infer.generate.batch_plan import choose_batch_limit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.infer.generate.row_batch import RowBatch
from ft_core.step import load_steps

CAP = 1024
CERTAIN = 1e4


@dataclass(frozen=True)
class Work:
    """What is asked: texts by step, and their tokens."""

    texts: Mapping[str, Sequence[TrainingText]]
    chat: Chat

    @property
    def answer_tokens(self) -> int:
        """Tokens of all answers, with their EOS."""
        return sum(len(self.chat.answer_ids(text.completion)) + 1 for texts in self.texts.values() for text in texts)

    @property
    def prompt_tokens(self) -> int:
        """Tokens of all prompts."""
        return sum(len(self.chat.prompt_ids(text.prompt)) for texts in self.texts.values() for text in texts)

    @property
    def events(self) -> int:
        """How many prompts each step has."""
        return max(map(len, self.texts.values()))

    def sample(self, events: int) -> Work:
        """Return fewer events: of each step prompts that are evenly chosen by length, the middle one of each part."""
        return Work({step: self._choose(texts, events) for step, texts in self.texts.items()}, self.chat)

    def _choose(self, texts: Sequence[TrainingText], events: int) -> list[TrainingText]:
        by_length = sorted(texts, key=lambda text: len(text.prompt.instruction) + len(text.completion))
        return [by_length[int((part + 0.5) * len(texts) / events)] for part in range(events)]


def read_work(arguments: argparse.Namespace, chat: Chat) -> Work:
    """Return the prompts of so many events, evenly from all prepared examples."""
    data = read_prepared(arguments.prepared, arguments.steps or None).steps
    texts = {name: (*step.test, *step.val, *step.train) for name, step in data.items()}
    return Work(texts, chat).sample(min(arguments.events, *map(len, texts.values())))


def load_base(arguments: argparse.Namespace, dtype: Any, folder: Path) -> tuple[Any, Chat]:
    """Return the base on its device, and its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2ForCausalLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    if not arguments.shape:
        located = find_base_model("smollm2-135m").locate()
        return AutoModelForCausalLM.from_pretrained(located, dtype=dtype).to(device), Chat(load_tokenizer(located))
    steps = read_prepared(arguments.prepared, arguments.steps or None).steps
    make_tokenizer(text.prompt.instruction for step in steps.values() for text in step.train).save_pretrained(folder)
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


def make_answerer(model: Any, work: Work, batch_size: int | None) -> tuple[GeneratingAnswerer, dict[str, dict[str, float]]]:
    """Return what answers, and for each step the seconds that its schema takes at first and afterwards."""
    installed = {step.name: step for step in load_steps().working}
    steps = {name: AskedStep(work.chat, installed[name].info.output_schema, CAP) for name in work.texts}
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


def ask_ours(model: Any, work: Work, batch_size: int | None, *, constrained: bool) -> float:
    """Answer everything in batches, and return the seconds; the schemas have been used before."""
    answerer, _ = make_answerer(model, work, batch_size)
    replies = {}
    wait()
    began = time.perf_counter()
    for step, texts in work.texts.items():
        replies[step] = answerer.ask(step, [text.prompt for text in texts], constrained=constrained)
    wait()
    seconds = time.perf_counter() - began
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
    base, chat = load_base(arguments, dtype, folder)
    work = read_work(arguments, chat)
    few = work.sample(arguments.peer_events)
    model = add_adapters(base, list(work.texts))
    generating_answerer.RowBatch = steer_batches(work)  # type: ignore[misc]
    _, first_uses = make_answerer(model, work, arguments.batch_size)
    warm = work.sample(1)
    ask_ours(model, warm, arguments.batch_size, constrained=True)
    ask_peer(model, warm)
    ours = {True: [], False: []}  # type: dict[bool, list[float]]
    for constrained in (True, False) * arguments.repeats:
        ours[constrained].append(ask_ours(model, work, arguments.batch_size, constrained=constrained))
        print(f"ours, constrained={constrained}: {ours[constrained][-1]:.1f} s", flush=True)
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
    ours: Mapping[bool, Sequence[float]],
    peers: Mapping[str, float],
    first_uses: Mapping[str, Mapping[str, float]],
) -> list[dict[str, Any]]:
    """Return two results: ours by the peer, and with the constraint by without it; the best of the repeats counts."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {os.cpu_count()} cores"
    common = {"device": device, "versions": installed_versions(), "date": date.today().isoformat()}
    name = f"answering {len(work.texts)} steps, {shape}"
    best = min(peers, key=lambda dtype: peers[dtype])
    fast, bare = min(ours[True]), min(ours[False])
    ours_speed, peer_speed = work.events / fast, few.events / peers[best]
    speed = {
        "name": name,
        "unit": "events/s",
        "ours": round(ours_speed, 4),
        "peer": round(peer_speed, 4),
        "peer_name": f"transformers generate, one prompt at a time, {best}",
        "ratio": round(ours_speed / peer_speed, 3),
        "peers": {dtype: round(few.events / seconds, 4) for dtype, seconds in peers.items()},
        "events": {"ours": work.events, "peer": few.events},
        "prompt_tokens": {"ours": work.prompt_tokens, "peer": few.prompt_tokens},
        "answer_tokens": {"ours": work.answer_tokens, "peer": few.answer_tokens},
    }
    cost = {
        "name": f"constrained decoding, {name}",
        "unit": "answer tokens/s",
        "ours": round(work.answer_tokens / fast, 2),
        "peer": round(work.answer_tokens / bare, 2),
        "peer_name": "ours without constraint",
        "ratio": round(bare / fast, 4),
        "seconds": {"constrained": ours[True], "unconstrained": ours[False]},
        "schemas": first_uses,
    }
    return [speed | common, cost | common]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepared", required=True, help="folder that ft-core prepare wrote")
    parser.add_argument("--shape", choices=["tiny", "7b"], help="a Qwen2 of random weights; the embedded model if not given")
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--events", type=int, default=64)
    parser.add_argument("--peer-events", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--output", "--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(arguments, Path(folder))
    print(json.dumps(results, indent=2))
    if arguments.output:
        held = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else []
        arguments.output.write_text(json.dumps(held + results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
