"""A base model with random weights that is trained in seconds on a CPU: for tests, it answers nothing that makes sense."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["write_tiny_model"]

_CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_CONTEXT = 8192
_SEED = 7


def write_tiny_model(folder: Path) -> Path:
    """Write a Llama of two layers with random weights, and a tokenizer that knows single bytes only.

    A character of Chinese is three tokens, so the context of 8,192 tokens holds a prompt of about 2,700 characters of it.

    Args:
        folder: where to; it is made.

    Returns:
        The folder, to be given as ``model_name``.

    Raises:
        EngineMissingError: the training stack is not installed.
    """
    torch = import_torch()
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    tokenizer = _make_tokenizer()
    set_seed(_SEED)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=_CONTEXT,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    model.to(torch.float32).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _make_tokenizer() -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate((*_SPECIAL, *bytes_))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(_SPECIAL))
    padding, _, end = _SPECIAL
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=end, pad_token=padding, chat_template=_CHATML)
