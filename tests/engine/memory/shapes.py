from __future__ import annotations

from typing import Any

from transformers import AutoConfig, PretrainedConfig

SIZES = {
    "hidden_size": 64,
    "intermediate_size": 176,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 300,
}
QWEN_7B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
}
GEMMA_2B = {
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "num_hidden_layers": 26,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 256,
    "vocab_size": 256000,
}


def make_config(kind: str, **sizes: Any) -> PretrainedConfig:
    return AutoConfig.for_model(kind, **(SIZES | {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2} | sizes))
