from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from ft_core.engine.chat import Chat
from ft_core.engine.contract.chat_terms import describe_chat
from ft_core.engine.contract.prompt_terms import ask_again, describe_prompts
from ft_core.engine.tokenizer_files import load_tokenizer, save_tokenizer
from ft_core.step import load_steps
from tests.engine import bases

CHATML = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TURNS = ["<s>", "</s>", "<start_of_turn>", "<end_of_turn>"]


def make_tokenizers() -> dict[str, PreTrainedTokenizerFast]:
    pieces = bases.sentence_pieces
    return {
        "chatml": bases.chatml_tokenizer(),
        "thinking": bases.byte_level([*CHATML, "<think>", "</think>"], bases.THINKING),
        "other eos": bases.byte_level(CHATML, eos="<|endoftext|>"),
        "no template": bases.byte_level(["<|endoftext|>"], None, eos="<|endoftext|>"),
        "no system": pieces(TURNS, bases.NO_SYSTEM, scheme="never", **bases.SENTENCE_MARKS),
        "llama 2": pieces(["<s>", "</s>"], bases.LLAMA_2, scheme="first", **bases.SENTENCE_MARKS),
    }


@pytest.mark.parametrize("kind", sorted(make_tokenizers()))
def test_a_tokenizer_read_from_the_adapters_folder_keeps_the_contract_of_the_one_in_training(kind: str, tmp_path: Path) -> None:
    step = load_steps().get("event_type")
    trained = Chat(make_tokenizers()[kind])
    save_tokenizer(trained.tokenizer, tmp_path)
    read = Chat(load_tokenizer(tmp_path))
    assert describe_chat(read) == describe_chat(trained)
    prompts = describe_prompts(step, trained)
    assert ask_again(prompts, step, read) == prompts
    assert describe_chat(read).special_tokens["eos_token"].id == trained.eos
