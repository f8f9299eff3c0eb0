"""Tiny base models with random weights, and tokenizers of several kinds, made on the spot."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
NO_SYSTEM = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}{{ '<start_of_turn>' + (message['role'] | replace('assistant', 'model')) + '\n' "
    "+ (message['content'] | trim) + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
SYSTEM_DROPPED = (
    "{% for message in messages if message['role'] != 'system' %}{{ '<|im_start|>' + message['role'] + '\n' "
    "+ message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
THINKING = CHATML.replace(
    "assistant\n' }}",
    "assistant\n' }}{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\n\n</think>\n\n' }}{% endif %}",
)
LLAMA_2 = (
    "{% if messages[0]['role'] == 'system' %}{% set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' %}"
    "{% set said = messages[1:] %}{% else %}{% set system = '' %}{% set said = messages %}{% endif %}"
    "{% for message in said %}{% if message['role'] == 'user' %}"
    "{{ bos_token + '[INST] ' + (system if loop.first else '') + message['content'] + ' [/INST]' }}"
    "{% else %}{{ ' ' + message['content'] + ' ' + eos_token }}{% endif %}{% endfor %}"
)
SENTENCE_MARKS = {"bos_token": "<s>", "eos_token": "</s>"}
UNKNOWN = {"unk_token": "<unk>"}
TEXTS = [
    "The fox and the crow: a fox saw a crow with a piece of cheese, and said: how well you sing!",
    '{"doers": ["fox"], "receivers": ["crow"], "type": "deceive", "status": "success"}',
    "狐狸说：“你好。”乌鸦张开嘴，肉掉了下来。昔々、あるところに、きつねがいました。",
    "You label one narrative event of a tale. Answer as JSON. Segment: Summary: Names are as listed.",
]


def byte_level(
    specials: list[str], template: str | None = CHATML, *, eos: str = "<|im_end|>", **settings: str
) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer, as GPT-2, Qwen and Llama 3 have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=eos, chat_template=template, **settings)


def sentence_pieces(specials: list[str], template: str | None, *, scheme: str, **settings: str) -> PreTrainedTokenizerFast:
    """A BPE tokenizer with byte fallback over text whose spaces are U+2581, as Llama 2 and Gemma have it.

    Args:
        scheme: where a space is put before the text: ``first``, ``always`` or ``never``; or ``normalizer``, as older files do it.
    """
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, **UNKNOWN, fuse_unk=True))
    if scheme == "normalizer":
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    pieces = ["<unk>", *specials, *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=pieces, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    content = json.loads(tokenizer.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] in {"<unk>", *specials}]
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(content)), **UNKNOWN, chat_template=template, **settings
    )


def chatml_tokenizer() -> PreTrainedTokenizerFast:
    return byte_level(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], pad_token="<|endoftext|>")  # noqa: S106


def save_base(folder: Path, kind: str = "llama", tokenizer: PreTrainedTokenizerFast | None = None, context: int = 512) -> Path:
    """Write a tiny model with random weights and its tokenizer."""
    tokenizer = tokenizer or chatml_tokenizer()
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": context,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "initializer_range": 0.1,
    }
    set_seed(7)
    model = LlamaForCausalLM(LlamaConfig(**shape)) if kind == "llama" else Qwen2ForCausalLM(Qwen2Config(**shape))
    model.to(torch.float32).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
