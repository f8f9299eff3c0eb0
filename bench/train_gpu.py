"""Speed of training on a GPU: ft-core next to the recipes that people use, on examples of the same steps.

    ft-core prepare --data-dir CORPUS --output-dir prepared
    python bench/train_gpu.py --shape 7b --prepared prepared --output results.json
    python bench/train_gpu.py --shape 7b --prepared prepared --load-in-4bit --output results.json

The base is a Qwen2 of random weights with a tokenizer that is trained on the prompts. The recipes:

trl      TRL's trainer with PEFT: batches of 4, 4 of them a step, gradient checkpointing, the loss on everything
users    the same with Unsloth and its checkpointing
plain    Unsloth without checkpointing: rows packed to 8,192 tokens, the loss on the answers, no trainer around it
flex     ft-core's own loop, with Unsloth's flex-attention kernel for shared prefixes in place of ours
ours     ft-core's own loop

``trl`` has a process of its own, for Unsloth patches TRL; the others share one, in which the base is loaded once. Each recipe
learns from the same number of examples in each round, and another one is first in each round. Loading, a step of every recipe
that is not measured, and the first two optimizer steps of each measurement, in which kernels are compiled, are left out. The
peak is that of an 8192 x 8192 matrix product in bfloat16.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, cast
from unittest import mock

from ft_core.config import FineTuneConfig
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.training_data import StepData
from ft_core.engine.chat import Chat
from ft_core.engine.loop.batch import BatchOrder
from ft_core.engine.progress import LogEntry
from ft_core.engine.rows import IGNORED, Row, make_rows
from ft_core.engine.run_file import installed_versions
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.example import Example
from ft_core.lora import LoraSettings
from ft_core.step import Step
from ft_core.step_info import StepInfo
from ft_core.story import Event, Story

SIZES = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads")
SHAPES = {"tiny": (256, 512, 2, 4, 2), "7b": (3584, 18944, 28, 28, 4)}
VOCABULARY = 152064  # Qwen2.5-7B's; the logits cost what they cost there
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TOKENS = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
TARGETS = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
BATCH = 16
PLAIN_TOKENS = 8192
MARK = "measured: "
RECIPES = ("trl", "users", "plain", "flex", "ours")
WARMUP = 2
"""Optimizer steps before the clock starts."""


INFO = StepInfo("Prepared", "What prepared files teach.", {"type": "object"}, ("annotations",))


@dataclass(frozen=True)
class PlainStep:
    """A step of prepared data: a name, and core's own LoRA settings; it asks nothing about other tales."""

    name: str
    distribution: str = "prepared"
    version: str = "0"
    info: StepInfo = INFO
    extensions: Mapping[str, str] = field(default_factory=dict)

    def places(self, _: Story) -> list[Event | None]:
        """Return no places."""
        return []

    def on_step_started(self, _: int, __: Path) -> list[Exception]:
        """Tell nobody."""
        return []

    def on_step_finished(self, _: Mapping[str, Any]) -> list[Exception]:
        """Tell nobody."""
        return []

    def configure_lora(self, settings: LoraSettings, examples: Sequence[Example]) -> LoraSettings:
        """Return the settings as they are."""
        return settings


@dataclass(frozen=True)
class Speed:
    """What was measured of a recipe: seconds for so many examples and tokens, and the peak of memory in bytes."""

    examples: int
    tokens: int
    seconds: float
    peak: int

    def as_json(self) -> dict[str, float]:
        """Return examples and tokens in a second, and the peak in GiB."""
        return {
            "examples_per_s": round(self.examples / self.seconds, 2),
            "tokens_per_s": round(self.tokens / self.seconds, 1),
            "peak_gib": round(self.peak / 2**30, 2),
        }


def make_base(shape: str, folder: Path, texts: Sequence[str]) -> None:
    """Write a Qwen2 of random weights in bfloat16, and a tokenizer trained on the texts; one of these texts is kept."""
    mark, told = folder / "texts.sha256", hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="utf-8") == told:
        return
    import torch
    from transformers import Qwen2ForCausalLM

    make_tokenizer(texts).save_pretrained(folder)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        Qwen2ForCausalLM(make_config(shape)).save_pretrained(folder)
    mark.write_text(told, encoding="utf-8")


def make_tokenizer(texts: Iterable[str]) -> Any:
    """Return a byte-level BPE tokenizer trained on the texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=16000, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **TOKENS, chat_template=CHATML)


def make_config(shape: str) -> Any:
    """Return the configuration of the base."""
    from transformers import Qwen2Config

    sizes = dict(zip(SIZES, SHAPES[shape], strict=True))
    ids = {"eos_token_id": 2, "pad_token_id": 0, "bos_token_id": 1}
    return Qwen2Config(**sizes, vocab_size=VOCABULARY, max_position_embeddings=32768, **ids)


def read_data(arguments: argparse.Namespace) -> dict[str, StepData]:
    """Return each step's training examples, in the users' own layout where that is asked for."""
    steps = read_prepared(arguments.prepared, arguments.steps or None).steps
    data = {name: StepData(step.train, examples=step.examples) for name, step in steps.items() if step.train}
    if arguments.layout == "middle":
        data = {
            name: StepData(tuple(map(put_in_the_middle, step.train)), examples=step.examples) for name, step in data.items()
        }
    return data


def put_in_the_middle(text: Any) -> Any:
    """Return a prompt whose material stands between the first line of the task and the rest of it."""
    first, _, rest = text.prompt.system.partition("\n\n")
    return replace(text, prompt=type(text.prompt)(first, f"{text.prompt.user}\n\n{rest}"))


def list_rows(data: StepData, base: Path) -> list[Row]:
    """Return a step's rows, shuffled."""
    chat = Chat(load_tokenizer(base))
    rows = list(make_rows(chat, "bench", data.train, FineTuneConfig(), None).rows)
    random.Random(1).shuffle(rows)
    return rows


def repeat(rows: Sequence[Row], number: int) -> list[Row]:
    """Return so many rows, from the beginning again where there are fewer."""
    return [rows[place % len(rows)] for place in range(number)]


def watch(work: Callable[[], tuple[int, int, float]]) -> Speed:
    """Do something that returns examples, tokens and seconds, and measure its memory."""
    import torch

    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    examples, tokens, seconds = work()
    return Speed(examples, tokens, seconds, torch.cuda.max_memory_allocated() if cuda else 0)


def train_with_trl(
    model: Any, tokenizer: Any, rows: Sequence[Row], seen: int, *, checkpointing: bool
) -> tuple[int, int, float]:
    """Train with TRL's trainer: batches of 4, 4 of them a step, the loss on every token."""
    import torch
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    used = repeat(rows, seen + WARMUP * BATCH)
    times: list[float] = []

    class Clock(TrainerCallback):
        """Notes when each optimizer step is done."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            times.append(time.perf_counter())

    def collate(batch: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
        longest = max(len(row["input_ids"]) for row in batch)
        columns = {"input_ids": 0, "attention_mask": 0, "labels": IGNORED}
        return {
            key: torch.tensor([row[key] + [filler] * (longest - len(row[key])) for row in batch])
            for key, filler in columns.items()
        }

    ids = [list(row.input_ids) for row in used]
    data = Dataset.from_dict({"input_ids": ids, "labels": ids, "attention_mask": [[1] * len(each) for each in ids]})
    with tempfile.TemporaryDirectory() as out:
        settings = SFTConfig(
            output_dir=out,
            per_device_train_batch_size=4,
            gradient_accumulation_steps=4,
            num_train_epochs=1,
            learning_rate=1e-5,
            gradient_checkpointing=checkpointing,
            bf16=torch.cuda.is_available(),
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
            remove_unused_columns=False,
            report_to="none",
            save_strategy="no",
            logging_steps=1000,
            disable_tqdm=True,
        )
        SFTTrainer(
            model=model,
            args=settings,
            train_dataset=data,
            processing_class=tokenizer,
            data_collator=collate,
            callbacks=[Clock()],
        ).train()
    tokens = sum(len(row.input_ids) for row in used[WARMUP * BATCH :])
    return (len(times) - WARMUP) * BATCH, tokens, times[-1] - times[WARMUP - 1]


def train_plainly(model: Any, rows: Sequence[Row], seen: int) -> tuple[int, int, float]:
    """Train on rows packed to 8,192 tokens through Unsloth's packed path, with nothing around the optimizer."""
    import torch

    learnt = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=1e-5, fused=True)
    used = repeat(rows, seen + WARMUP * BATCH)
    model.train()
    began, tokens = 0.0, 0
    for start in range(0, len(used), BATCH):
        batch = used[start : start + BATCH]
        trained = sum(row.trained for row in batch)
        for pack in pack_first_fit(batch, PLAIN_TOKENS):
            ids = torch.tensor([[token for row in pack for token in row.input_ids]], device="cuda")
            labels = torch.tensor([[label for row in pack for label in row.labels]], device="cuda")
            places = torch.tensor([[place for row in pack for place in range(len(row.input_ids))]], device="cuda")
            lengths = torch.tensor([len(row.input_ids) for row in pack], dtype=torch.int32, device="cuda")
            with torch.autocast("cuda", dtype=torch.bfloat16):
                loss = model(
                    input_ids=ids,
                    position_ids=places,
                    labels=labels,
                    packed_seq_lengths=lengths,
                    use_cache=False,
                    num_items_in_batch=trained,
                ).loss
            loss.backward()
            tokens += ids.shape[1] * (start >= WARMUP * BATCH)
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        torch.cuda.synchronize()
        if start == (WARMUP - 1) * BATCH:
            began = time.perf_counter()
    return seen, tokens, time.perf_counter() - began


def pack_first_fit(rows: Sequence[Row], budget: int) -> list[list[Row]]:
    """Divide rows into packs, the longest first."""
    packs: list[list[Row]] = []
    for row in sorted(rows, key=lambda each: -len(each.input_ids)):
        room = (pack for pack in packs if sum(len(each.input_ids) for each in pack) + len(row.input_ids) <= budget)
        found = next(room, None)
        if found is None:
            packs.append([row])
        else:
            found.append(row)
    return packs


class Clock:
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


def train_ours(
    loaded: Any, name: str, data: StepData, seen: int, arguments: argparse.Namespace
) -> tuple[Speed, dict[str, Any]]:
    """Train with ft-core; two optimizer steps come before the clock starts."""
    from ft_core.engine.step_trainer import StepTrainer

    with tempfile.TemporaryDirectory() as out:
        config = FineTuneConfig(
            model_name=str(loaded.base.folder),
            output_dir=out,
            batch_size=4,
            gradient_accumulation_steps=4,
            num_epochs=100,
            max_steps=seen // BATCH + WARMUP,
            learning_rate=1e-5,
            save_steps=10_000,
            packing=arguments.packing,
            pack_tokens=arguments.pack_tokens,
            load_in_4bit=arguments.load_in_4bit,
        )
        clock = Clock()
        trainer = StepTrainer(cast(Step, PlainStep(name)), config, loaded=loaded, progress=clock)
        record: dict[str, Any] = {}

        def work() -> tuple[int, int, float]:
            trained = trainer.train(data)
            record.update(
                packing=trained.packing, reason=trained.packing_reason, forward=trained.forward, loss=trained.last_loss
            )
            first, last = clock.done[WARMUP - 1], clock.done[-1]
            rows = len(data.train)
            order = BatchOrder(rows, BATCH, config.seed)
            examples = sum(len(order.find(step).places) for step in range(WARMUP, last.step))
            return examples, last.tokens - first.tokens, last.seconds - first.seconds

        speed = watch(work)
        trainer.close()
    return speed, record


def attending_with_flex() -> Any:
    """Let packs go through Unsloth's own kernel inside the block."""
    import torch
    from unsloth.utils.prefix_grouper_kernel import build_seg_info_multigroup

    from ft_core.engine.pack import choice, unsloth_forward

    class FlexForward(unsloth_forward.UnslothForward):
        """Unsloth's forward as it is."""

        name = "flex"

        @contextmanager
        def enabled(self, _: Any) -> Iterator[None]:
            """Change nothing."""
            yield

        def sum_loss(self, model: Any, pack: Any) -> torch.Tensor:
            """Return the summed loss of a pack."""
            told, _ = build_seg_info_multigroup([(pack.prefix, list(pack.suffixes))], pack.input_ids.device)
            loss: torch.Tensor = model(
                input_ids=pack.input_ids,
                position_ids=pack.position_ids,
                labels=unsloth_forward._make_labels(pack),
                prefix_seg_info=told,
                use_cache=False,
                num_items_in_batch=1,
            ).loss
            return loss

    return mock.patch.object(choice, "UnslothForward", FlexForward)


def measure_peak() -> float:
    """Return the TFLOP/s of an 8192 x 8192 x 8192 product in bfloat16."""
    import torch

    if not torch.cuda.is_available():
        return 0.0
    left, right = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    for _ in range(3):
        left @ right
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(10):
        left @ right
    torch.cuda.synchronize()
    return 10 * 2 * 8192**3 / (time.perf_counter() - began) / 1e12


def run_trl(arguments: argparse.Namespace, base: Path) -> None:
    """Measure TRL's default on each step."""
    import torch
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    quantized = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )
    options = {"quantization_config": quantized} if arguments.load_in_4bit else {}
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16, device_map="cuda", **options)
    if arguments.load_in_4bit:
        model = prepare_model_for_kbit_training(model)
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS))
    tokenizer, steps = Chat(load_tokenizer(base)).tokenizer, read_data(arguments)
    rows = {name: list_rows(data, base) for name, data in steps.items()}
    train_with_trl(model, tokenizer, next(iter(rows.values())), 3 * BATCH, checkpointing=True)
    for count in range(arguments.rounds):
        for name in steps:
            speed = watch(
                lambda name=name: train_with_trl(model, tokenizer, rows[name], arguments.examples, checkpointing=True)
            )
            tell(step=name, recipe="trl", round=count, **speed.as_json())


def run_unsloth(arguments: argparse.Namespace, base: Path) -> None:
    """Measure the recipes that run on Unsloth, and ours."""
    from ft_core.engine.adapter import attached_adapter
    from ft_core.engine.loading import load_base

    config = FineTuneConfig(model_name=str(base), load_in_4bit=arguments.load_in_4bit)
    loaded = load_base(config)
    steps = read_data(arguments)
    rows = {name: list_rows(data, base) for name, data in steps.items()}
    tokenizer, seen = loaded.chat.tokenizer, arguments.examples

    def measure(recipe: str, name: str, seen: int) -> tuple[Speed, dict[str, Any]]:
        """Measure one recipe on one step."""
        if recipe in {"ours", "flex"}:
            with attending_with_flex() if recipe == "flex" else nullcontext():
                return train_ours(loaded, name, steps[name], seen, arguments)
        with attached_adapter(loaded.model, config.lora, seed=1, checkpointing=recipe == "users") as model:
            if recipe == "plain":
                return watch(lambda: train_plainly(model, rows[name], seen)), {}
            return watch(lambda: train_with_trl(model, tokenizer, rows[name], seen, checkpointing=False)), {}

    recipes = [recipe for recipe in arguments.recipes if recipe != "trl"]
    for recipe in recipes:
        measure(recipe, next(iter(steps)), BATCH)
    for count in range(arguments.rounds):
        for place, name in enumerate(steps):
            first = (count + place) % len(recipes)
            for recipe in (*recipes[first:], *recipes[:first]):
                speed, record = measure(recipe, name, seen)
                tell(step=name, recipe=recipe, round=count, **speed.as_json(), **record)


def tell(**found: Any) -> None:
    """Print one measurement at once, so that what came before a failure is not lost."""
    print(f"{MARK}{json.dumps(found)}", flush=True)


def summarise(found: Sequence[dict[str, Any]], arguments: argparse.Namespace, peak: float) -> list[dict[str, Any]]:
    """Return the results in the shape of ``bench/results``: ours by each peer, for each step and on average.

    A speed is the median of the rounds; ``ratio_of_rounds`` has the mean ratio of each round alone.
    """
    import torch

    steps = list(dict.fromkeys(each["step"] for each in found))
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    name = f"training, {arguments.shape}, {'4 bit' if arguments.load_in_4bit else 'bf16'}, {arguments.layout} layout"

    def speed(step: str, recipe: str, key: str = "examples_per_s", rounds: Sequence[int] = ()) -> float:
        """Return the median of the rounds."""
        chosen = [
            each[key]
            for each in found
            if (each["step"], each["recipe"]) == (step, recipe) and (not rounds or each["round"] in rounds)
        ]
        return statistics.median(chosen)

    def compare(peer: str, rounds: Sequence[int] = ()) -> dict[str, float]:
        """Return ours by a peer for each step."""
        return {step: speed(step, "ours", rounds=rounds) / speed(step, peer, rounds=rounds) for step in steps}

    measured = {each["recipe"] for each in found}
    results = []
    for peer in (recipe for recipe in RECIPES if recipe != "ours" and {recipe, "ours"} <= measured):
        ratios = compare(peer)
        results.append(
            {
                "name": name,
                "device": device,
                "unit": "examples/s",
                "ours": round(statistics.mean(speed(step, "ours") for step in steps), 2),
                "peer": round(statistics.mean(speed(step, peer) for step in steps), 2),
                "peer_name": peer,
                "ratio": round(statistics.mean(ratios.values()), 3),
                "ratios": {step: round(ratio, 3) for step, ratio in ratios.items()},
                "ratio_of_rounds": [
                    round(statistics.mean(compare(peer, [count]).values()), 3) for count in range(arguments.rounds)
                ],
                "share_of_peak": {step: share_of_peak(speed(step, "ours", "tokens_per_s"), peak, arguments) for step in steps},
                "matmul_tflops": round(peak, 1),
                "versions": installed_versions(),
                "date": date.today().isoformat(),
            }
        )
    return results


def share_of_peak(tokens_per_s: float, peak: float, arguments: argparse.Namespace) -> float | None:
    """Return what share of the card's measured peak the matrix products of the blocks make.

    Four operations a token for each parameter of the blocks: two forward, two for the gradients of activations; the base's
    weights have none.
    """
    if not peak:
        return None
    hidden, wide, layers, heads, key_heads = SHAPES[arguments.shape]
    parameters = layers * hidden * (2 * hidden + 2 * hidden * key_heads // heads + 3 * wide)
    return round(4 * parameters * tokens_per_s / (peak * 1e12), 3)


def main() -> None:
    """Measure, each process in its turn, and print and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--base-dir", type=Path, default=Path(tempfile.gettempdir()) / "ft-core-bench")
    parser.add_argument("--prepared", required=True)
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--examples", type=int, default=64, help="that each recipe learns from in each round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--packing", default="shared", choices=["shared", "plain", "none"])
    parser.add_argument("--pack-tokens", type=int)
    parser.add_argument("--layout", default="ours", choices=["ours", "middle"])
    parser.add_argument("--load-in-4bit", action="store_true")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--part", choices=["base", "trl", "unsloth"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("ft_core").setLevel(logging.INFO)
    base = arguments.base_dir / arguments.shape
    if arguments.part == "base":
        texts = [text.prompt.instruction for each in read_data(arguments).values() for text in each.train]
        make_base(arguments.shape, base, texts)
    elif arguments.part:
        (run_trl if arguments.part == "trl" else run_unsloth)(arguments, base)
    else:
        run_all(arguments, base)


def run_all(arguments: argparse.Namespace, base: Path) -> None:
    """Make the base unless there is one of these prompts, and start a process for each part."""
    subprocess.run([sys.executable, __file__, *sys.argv[1:], "--part", "base"], check=True)
    found: list[dict[str, Any]] = []
    parts = [part for part, recipes in (("unsloth", {*RECIPES} - {"trl"}), ("trl", {"trl"})) if recipes & {*arguments.recipes}]
    for part in parts:
        with subprocess.Popen(
            [sys.executable, __file__, *sys.argv[1:], "--part", part], stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if line.startswith(MARK):
                    found.append(json.loads(line.removeprefix(MARK)))
    results = summarise(found, arguments, measure_peak())
    print(json.dumps(results, indent=2))
    if arguments.output:
        held = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else []
        arguments.output.write_text(json.dumps(held + results + [{"measured": found}], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
