from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from transformers import PreTrainedTokenizerFast

from ft_core.engine.chat import Chat
from ft_core.engine.chat_template import TEMPLATE_OPTIONS
from ft_core.errors import ChatTemplateError
from ft_core.prompt import Prompt
from tests.engine.bases import (
    CHATML,
    LLAMA_2,
    NO_SYSTEM,
    SENTENCE_MARKS,
    SYSTEM_DROPPED,
    TEXTS,
    THINKING,
    byte_level,
    chatml_tokenizer,
    sentence_pieces,
)

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def llama_2(scheme: str) -> PreTrainedTokenizerFast:
    return sentence_pieces(["<s>", "</s>"], LLAMA_2, scheme=scheme, **SENTENCE_MARKS)


def gemma() -> PreTrainedTokenizerFast:
    specials = ["<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"]
    return sentence_pieces(specials, NO_SYSTEM, scheme="never", bos_token="<bos>", eos_token="<eos>")  # noqa: S106


TOKENIZERS: dict[str, Callable[[], PreTrainedTokenizerFast]] = {
    "chatml": chatml_tokenizer,
    "thinking": lambda: byte_level(SPECIALS, THINKING),
    "llama 2, space put before the first text": lambda: llama_2("first"),
    "llama 2, space put before every text": lambda: llama_2("always"),
    "llama 2, space put by the normalizer": lambda: llama_2("normalizer"),
}


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_ordinary_text_becomes_the_tokens_that_the_template_gives(kind: str) -> None:
    tokenizer = TOKENIZERS[kind]()
    chat = Chat(tokenizer)
    letters = random.Random(1)
    for _ in range(50):
        system, user = ("".join(letters.choices(f"{TEXTS[2]}\n\n  <>|_aefimnst.", k=30)) for _ in range(2))
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        theirs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False, **TEMPLATE_OPTIONS)
        assert chat.prompt_ids(Prompt(system, user)) == theirs


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_nothing_in_a_tale_becomes_a_control_token(kind: str) -> None:
    chat = Chat(TOKENIZERS[kind]())
    specials = "".join(chat.tokenizer.all_special_tokens)
    plain, steered = (chat.prompt_ids(Prompt("Label.", f"The fox{text} ate.")) for text in ("", specials))
    control = set(chat.tokenizer.all_special_ids)
    assert [token for token in plain if token in control] == [token for token in steered if token in control]
    assert specials in chat.tokenizer.decode(steered)
    assert not control.intersection(chat.answer_ids(specials))


def test_a_tale_may_spell_a_placeholder() -> None:
    chat = Chat(chatml_tokenizer())
    text = chat.tokenizer.decode(chat.prompt_ids(Prompt("\ue000U\ue001", "\ue000S\ue001")))
    assert "system\n\ue000U\ue001" in text
    assert "user\n\ue000S\ue001" in text


@pytest.mark.parametrize("tokenizer", [gemma(), byte_level(SPECIALS, SYSTEM_DROPPED)], ids=["refused", "dropped"])
def test_a_system_text_is_merged_into_the_users_turn_where_the_template_has_no_place_for_it(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    chat = Chat(tokenizer)
    assert not chat.system_role
    assert chat.prompt_ids(Prompt("Label.", "A fox.")) == chat.prompt_ids(Prompt("", "Label.\n\nA fox."))
    assert "Label.\n\nA fox." in tokenizer.decode(chat.prompt_ids(Prompt("Label.", "A fox.")))


def test_a_prompt_without_a_system_text_is_the_users_message_alone() -> None:
    chat = Chat(chatml_tokenizer())
    assert (
        chat.tokenizer.decode(chat.prompt_ids(Prompt("", "A fox.")))
        == "<|im_start|>user\nA fox.<|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_template_that_can_think_is_told_not_to() -> None:
    chat = Chat(byte_level(SPECIALS, THINKING))
    assert chat.tokenizer.decode(chat.prompt_ids(Prompt("", "A fox."))).endswith("assistant\n<think>\n\n</think>\n\n")


def test_the_templates_bos_is_not_doubled() -> None:
    chat = Chat(llama_2("first"))
    assert chat.prompt_ids(Prompt("Label.", "A fox.")).count(chat.tokenizer.bos_token_id) == 1


def test_a_base_without_a_template_gets_chatml_and_keeps_its_own_eos() -> None:
    tokenizer = byte_level(["<|endoftext|>"], None, eos="<|endoftext|>")
    chat = Chat(tokenizer)
    assert chat.eos == tokenizer.convert_tokens_to_ids("<|endoftext|>")
    assert (
        tokenizer.decode(chat.prompt_ids(Prompt("", "A fox."))) == "<|im_start|>user\nA fox.<|im_end|>\n<|im_start|>assistant\n"
    )
    assert "<|im_start|>" in tokenizer.chat_template


def test_our_chatml_opens_with_a_bos_where_the_tokenizer_would() -> None:
    from tokenizers.processors import TemplateProcessing

    tokenizer = sentence_pieces(["<s>", "</s>"], None, scheme="first", **SENTENCE_MARKS)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    assert Chat(tokenizer).prompt_ids(Prompt("", "A fox."))[0] == tokenizer.bos_token_id


def test_an_answer_ends_as_the_templates_turn_does() -> None:
    tokenizer = byte_level(SPECIALS, CHATML, eos="<|endoftext|>")
    chat = Chat(tokenizer)
    assert chat.eos == tokenizer.eos_token_id == tokenizer.convert_tokens_to_ids("<|im_end|>")


def test_a_tokenizer_without_an_eos_is_refused() -> None:
    tokenizer = byte_level(["<|endoftext|>"], None, eos="<|endoftext|>")
    tokenizer.eos_token = None
    with pytest.raises(ChatTemplateError, match=r"has no EOS token to end an answer"):
        Chat(tokenizer)


def test_a_template_that_changes_the_text_is_refused_with_both_readings() -> None:
    shouting = CHATML.replace("message['content']", "(message['content'] | replace('fox', 'FOX'))")
    with pytest.raises(
        ChatTemplateError, match=r"different tokens for ordinary text, at token \d+: .* by the template, .* by ours"
    ):
        Chat(byte_level(SPECIALS, shouting))


def test_a_template_without_a_users_message_is_refused() -> None:
    with pytest.raises(ChatTemplateError, match=r"does not carry a user's message"):
        Chat(byte_level(SPECIALS, "{{ 'hello' }}"))


def test_a_vocabulary_that_makes_control_tokens_of_text_is_refused() -> None:
    import json

    from tokenizers import Tokenizer

    tokenizer = chatml_tokenizer()
    rules = json.loads(tokenizer.backend_tokenizer.to_str())
    rules["model"]["ignore_merges"] = True
    rules["pre_tokenizer"] = {
        "type": "Split",
        "pattern": {"Regex": r"<\|[a-z_]+\|>|\w+"},
        "behavior": "Isolated",
        "invert": False,
    }
    steered = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(rules)), chat_template=CHATML)
    steered.eos_token = "<|im_end|>"  # noqa: S105
    with pytest.raises(ChatTemplateError, match=r"makes a control token of ordinary text"):
        Chat(steered)
