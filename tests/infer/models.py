"""Tiny models with random adapters, and what to ask them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, MistralConfig, MistralForCausalLM

from ft_core.engine.chat import Chat
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.example import TrainingText
from ft_core.infer.generate.batch_plan import BatchLimit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.prompt import Prompt
from tests.engine.bases import save_base
from tests.plugins.asking import STEPS, get_step

LEARNT = {
    "instrument": '{"instrument": "斧头", "explanation": ""}',
    "stac": '{"situation": "A fox.", "task": "", "action": "It ate \\"cheese\\".", "consequence": ""}',
}
PROMPT = Prompt("Label the event; answer as JSON.", "Segment:\nThe fox ate cheese, 狐狸说：“你好。” and went home.")
NAMES = ("first", "second")


def make_text(answer: str) -> TrainingText:
    return TrainingText(PROMPT, answer, "tale_0", "e0")


def make_prompts(number: int) -> list[Prompt]:
    """Prompts of very different lengths that begin alike."""
    return [
        Prompt(
            "You label one event of a tale. Answer as JSON.", f"Segment:\n{'A fox saw a crow. ' * (5 * each % 7)}狐狸说 {each}"
        )
        for each in range(number)
    ]


@cache
def make_model(kind: str = "llama", dtype: torch.dtype = torch.float64, context: int = 4096) -> tuple[PeftModel, Chat]:
    """A tiny base whose weights, and those of two adapters, are random."""
    with TemporaryDirectory() as folder:
        base = save_base(Path(folder), kind, context=context)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
        chat = Chat(load_tokenizer(base))
    torch.manual_seed(3)
    settings = LoraConfig(r=4, target_modules=["q_proj", "v_proj", "up_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    adapted = get_peft_model(model, settings, adapter_name=NAMES[0], autocast_adapter_dtype=False)
    adapted.add_adapter(NAMES[1], settings, autocast_adapter_dtype=False)
    return adapted.eval(), chat


def make_sliding_model(attention: str) -> tuple[PeftModel, Chat]:
    """A tiny Mistral whose tokens see the 16 nearest ones only."""
    _, chat = make_model()
    sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = MistralConfig(
        vocab_size=len(chat.tokenizer), **sizes, num_key_value_heads=2, sliding_window=16, initializer_range=0.1
    )
    config._attn_implementation = attention
    torch.manual_seed(3)
    model = MistralForCausalLM(config).to(torch.float32)
    settings = LoraConfig(r=4, target_modules=["q_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    return get_peft_model(model, settings, adapter_name=NAMES[0], autocast_adapter_dtype=False).eval(), chat


def make_answerer(
    model: PeftModel, chat: Chat, cap: int, schemas: dict[str, Any] | None = None, limit: BatchLimit | None = None
) -> GeneratingAnswerer:
    """What asks both adapters; the answers are those of the step ``action`` unless schemas are given."""
    wanted = schemas or dict.fromkeys(NAMES, get_step("action").info.output_schema)
    return GeneratingAnswerer(
        model, {name: AskedStep(chat, schema, cap) for name, schema in wanted.items()}, limit or BatchLimit(4, 10_000)
    )


def list_schemas() -> dict[str, Any]:
    """The output schemas of the installed steps."""
    return {name: get_step(name).info.output_schema for name in STEPS}
