"""Tiny models with random adapters, and what to ask them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from ft_core.engine.chat import Chat
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.example import TrainingText
from ft_core.infer.generate.batch_plan import BatchLimit
from ft_core.infer.generate.generating_answerer import AskedStep, GeneratingAnswerer
from ft_core.prompt import Prompt
from tests.engine.bases import save_base
from tests.engine.pack.double import KINDS, SHAPE
from tests.plugins.asking import STEPS, get_step

LEARNT = {
    "instrument": '{"instrument": "斧头", "explanation": ""}',
    "stac": '{"sentences": [{"text": "A fox.", "head": "situation"}, {"text": "It ate \\"cheese\\".", "head": "action"}]}',
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
    return _adapt(model), chat


@cache
def make_sliding_model(
    kind: str, window: int, dtype: torch.dtype = torch.float64, attention: str = "sdpa"
) -> tuple[PeftModel, Chat]:
    """A tiny base with layers whose tokens see the nearest ones only, of a kind that packs are tested with."""
    _, chat = make_model()
    make_config, make_base, changes = KINDS[kind]
    shape = SHAPE | {"num_hidden_layers": 3, "initializer_range": 0.2} | changes
    config = make_config(**shape | {"vocab_size": len(chat.tokenizer), "pad_token_id": 0, "sliding_window": window})
    config._attn_implementation = attention
    torch.manual_seed(3)
    return _adapt(make_base(config).to(dtype)), chat


def _adapt(model: Any) -> PeftModel:
    torch.manual_seed(3)
    settings = LoraConfig(r=4, target_modules=["q_proj", "v_proj", "up_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    adapted = get_peft_model(model, settings, adapter_name=NAMES[0], autocast_adapter_dtype=False)
    adapted.add_adapter(NAMES[1], settings, autocast_adapter_dtype=False)
    return adapted.eval()


def generate_alone(model: Any, chat: Chat, prompt: Prompt, cap: int, *, use_cache: bool) -> str:
    """What transformers answers to one prompt."""
    ids = torch.tensor([chat.prompt_ids(prompt)])
    settings = {"do_sample": False, "eos_token_id": chat.eos, "pad_token_id": chat.eos, "use_cache": use_cache}
    answer = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=cap, **settings)
    return str(chat.tokenizer.decode(answer[0, ids.shape[1] :], skip_special_tokens=True))


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
