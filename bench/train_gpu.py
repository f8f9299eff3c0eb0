"""Speed and memory of training on a GPU, with a base model of random weights made on the spot.

    python bench/train_gpu.py --shape 7b --data-dir ../shared/corpus/IndianTales/json_v3 --steps action --max-steps 10
    python bench/train_gpu.py --shape 7b --load-in-4bit --prepared DIR --steps action event_type --max-steps 10

The base is a Qwen2 with a tokenizer that is trained on the data; it is written once into ``--base-dir``. With
``--prepared`` no step has to be installed. Prints one JSON object: examples per second (loading, probes and the first two
optimizer steps left out) and peak memory for each step.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ft_core.config import FineTuneConfig
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.progress import LineProgress, LogEntry
from ft_core.engine.run_file import installed_versions
from ft_core.engine.training import train_steps
from ft_core.example import Example
from ft_core.lora import LoraSettings
from ft_core.step import Step, load_steps

SIZES = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads")
SHAPES = {"tiny": (256, 512, 2, 4, 2), "7b": (3584, 18944, 28, 28, 4)}
VOCABULARY = 152064  # Qwen2.5-7B's; the logits cost what they cost there
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TOKENS = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
WARM = 2  # optimizer steps in which kernels are compiled


@dataclass(frozen=True)
class PlainStep:
    """A step of prepared data: a name, and core's own LoRA settings."""

    name: str
    distribution: str = "prepared"
    version: str = "0"

    def configure_lora(self, settings: LoraSettings, examples: Sequence[Example]) -> LoraSettings:
        """Return the settings as they are."""
        return settings


class Measure(LineProgress):
    """Plain lines, and for each step its speed and the most memory that was in use."""

    def __init__(self, config: FineTuneConfig) -> None:
        super().__init__(sys.stderr)
        self.effective = config.batch_size * config.gradient_accumulation_steps
        self.found: dict[str, dict[str, float]] = {}
        self.entries: list[LogEntry] = []

    def start(self, name: str, steps: int) -> None:
        """Begin to measure a step."""
        import torch

        super().start(name, steps)
        self.entries = []
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()

    def advance(self, entry: LogEntry) -> None:
        """Keep an optimizer step's entry."""
        super().advance(entry)
        self.entries.append(entry)

    def stop(self) -> None:
        """Work out speed and peak memory."""
        import torch

        if len(self.entries) <= WARM:
            return
        first, last = self.entries[WARM - 1], self.entries[-1]
        seconds, steps = last.seconds - first.seconds, last.step - first.step
        peak = torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0.0
        self.found[self._name] = {
            "examples_per_second": round(steps * self.effective / seconds, 2),
            "tokens_per_second": round((last.tokens - first.tokens) / seconds, 1),
            "peak_gib": round(peak, 2),
            "last_loss": last.loss,
        }


def make_base(shape: str, folder: Path, texts: Iterator[str]) -> None:
    """Write a Qwen2 of random weights in bfloat16, and a tokenizer trained on the texts."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=16000, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    )
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **TOKENS, chat_template=CHATML).save_pretrained(folder)
    settings = Qwen2Config(
        **dict(zip(SIZES, SHAPES[shape], strict=True)),
        vocab_size=VOCABULARY,
        max_position_embeddings=32768,
        eos_token_id=2,
        pad_token_id=0,
        bos_token_id=1,
    )
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        Qwen2ForCausalLM(settings).save_pretrained(folder)


def read_data(arguments: argparse.Namespace) -> tuple[TrainingData, list[Step]]:
    """Read what ``prepare`` wrote, or tales with the installed steps."""
    if arguments.prepared:
        data = read_prepared(arguments.prepared, arguments.steps or None)
        return data, [cast(Step, PlainStep(name)) for name in data.steps]
    from ft_core.corpus.preparing import prepare_training_data

    steps = load_steps().select(arguments.steps)
    return prepare_training_data(arguments.data_dir, steps, FineTuneConfig()), steps


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of this script's flags."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--base-dir", type=Path, default=Path(tempfile.gettempdir()) / "ft-core-bench")
    parser.add_argument("--data-dir", nargs="+")
    parser.add_argument("--prepared")
    parser.add_argument("--steps", nargs="+", default=[])
    parser.add_argument("--max-steps", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--gradient-accumulation-steps", type=int, default=4)
    parser.add_argument("--load-in-4bit", action="store_true")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--make-base", action="store_true", help="write the base model and stop")
    return parser


def main() -> int:
    """Measure and print."""
    parser = make_parser()
    arguments = parser.parse_args()
    if not (arguments.data_dir or arguments.prepared):
        parser.error("give --data-dir or --prepared")
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("ft_core").setLevel(logging.INFO)
    data, steps = read_data(arguments)
    base = arguments.base_dir / arguments.shape
    if arguments.make_base:
        make_base(arguments.shape, base, (text.prompt.instruction for each in data.steps.values() for text in each.train))
        return 0
    if not (base / "config.json").is_file():
        # In a process of its own: Unsloth must be imported before transformers, and the memory comes back.
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--make-base"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        config = FineTuneConfig(
            model_name=str(base),
            output_dir=folder,
            device=arguments.device,
            batch_size=arguments.batch_size,
            gradient_accumulation_steps=arguments.gradient_accumulation_steps,
            max_steps=arguments.max_steps,
            num_epochs=100,
            load_in_4bit=arguments.load_in_4bit,
        )
        measure = Measure(config)
        run = train_steps(data, steps, config, progress=measure, named=False)
    failed = {name: record.reason for name, record in run.steps.items() if record.status == "failed"}
    asked = {"shape": arguments.shape, "load_in_4bit": arguments.load_in_4bit}
    print(json.dumps(asked | {"steps": measure.found, "failed": failed, "versions": installed_versions()}, indent=2))
    return run.exit_code


if __name__ == "__main__":
    sys.exit(main())
