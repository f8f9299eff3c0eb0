from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from ft_core.engine.plain_text import PlainText
from ft_core.engine.preview import Preview, Previewer
from ft_core.engine.token_text import spell_tokens
from ft_core.errors import BaseModelError, NoTrainedTokensError
from ft_core.example import TrainingText
from ft_core.prompt import Prompt
from tests.engine.bases import NO_SYSTEM, SENTENCE_MARKS, byte_level, chatml_tokenizer, save_base, sentence_pieces

TEXT = "  The fox:\n狐狸说:“你好。”\tきつね 🦊 ﷽ end"
FOX = Prompt("Say who acts.", "Segment:\n狐狸说。")
CROW = Prompt("Say who acts.", "Segment:\nA crow sang.")


def sentence_tokenizer(scheme: str) -> PreTrainedTokenizerFast:
    return sentence_pieces(["<s>", "</s>"], None, scheme=scheme, **SENTENCE_MARKS)


@pytest.fixture(
    params=[
        chatml_tokenizer,
        lambda: sentence_tokenizer("first"),
        lambda: sentence_tokenizer("always"),
        lambda: sentence_tokenizer("normalizer"),
    ],
    ids=["bytes", "first", "always", "normalizer"],
)
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    made: PreTrainedTokenizerFast = request.param()
    return made


def test_the_texts_of_tokens_add_up_to_the_text(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = PlainText(tokenizer).encode(TEXT)
    texts = spell_tokens(tokenizer, ids, ())
    assert len(texts) == len(ids)
    assert "".join(texts).strip() == TEXT.strip()
    assert not any("\ufffd" in text for text in texts)


def test_a_character_of_several_tokens_stands_at_its_last_one() -> None:
    tokenizer = chatml_tokenizer()
    ids = PlainText(tokenizer).encode("🦊a")
    assert spell_tokens(tokenizer, ids, ()) == ["", "", "", "🦊", "a"]


def test_bytes_that_never_become_a_character_are_shown_before_a_control_token_and_at_the_end() -> None:
    tokenizer = chatml_tokenizer()
    broken = PlainText(tokenizer).encode("🦊")[:2]
    ids = [*broken, tokenizer.eos_token_id, *broken]
    texts = spell_tokens(tokenizer, ids, {tokenizer.eos_token_id})
    assert texts[2] == "\ufffd<|im_end|>"
    assert texts[-1] == "\ufffd"


def make_preview(folder: Path, prompts: tuple[Prompt, ...] = (FOX, CROW), *, answer: str = '{"doers": ["狐狸"]}') -> Preview:
    texts = [TrainingText(prompt, answer, "fox", str(number)) for number, prompt in enumerate(prompts, start=1)]
    (preview,) = Previewer(str(folder)).preview("character", texts, [0])
    return preview


def join(preview: Preview, part: str) -> str:
    return "".join(token.text for token in preview.tokens if token.part == part)


def test_the_rendered_prompt_is_that_of_the_chat_template(tiny_llama: Path) -> None:
    preview = make_preview(tiny_llama)
    messages = [{"role": "system", "content": FOX.system}, {"role": "user", "content": FOX.user}]
    template = chatml_tokenizer().apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert preview.rendered == template
    assert (preview.step, preview.model, preview.story, preview.event) == ("character", tiny_llama.name, "fox", "1")


def test_the_prefix_ends_where_rows_differ_and_the_answer_with_its_end_is_trained(tiny_llama: Path) -> None:
    preview = make_preview(tiny_llama)
    assert join(preview, "prefix").endswith("<|im_start|>user\nSegment:\n")
    assert join(preview, "material").startswith("狐狸说。<|im_end|>")
    assert join(preview, "trained") == '{"doers": ["狐狸"]}<|im_end|>'
    assert sum(preview.count(part) for part in ("prefix", "material", "trained")) == len(preview.tokens)
    assert {token.text for token in preview.tokens if token.control} == {"<|im_start|>", "<|im_end|>"}


def test_a_character_that_the_prefix_cuts_stands_in_the_material(tiny_llama: Path) -> None:
    preview = make_preview(tiny_llama, (Prompt("", "🦊"), Prompt("", "🦉")))  # the same but for the last of four bytes
    assert [token.text for token in preview.tokens if token.part == "prefix"][-3:] == ["", "", ""]
    assert join(preview, "material").startswith("🦊")


def test_a_control_token_that_a_tale_spells_is_no_control_token(tiny_llama: Path) -> None:
    preview = make_preview(tiny_llama, answer="<|im_end|>")
    trained = [token for token in preview.tokens if token.part == "trained"]
    assert [token.control for token in trained] == [False] * (len(trained) - 1) + [True]
    assert len(trained) > 2


def test_a_base_without_a_system_role_has_its_text_in_the_users_turn(tmp_path: Path) -> None:
    specials = ["<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"]
    tokenizer = byte_level(specials, NO_SYSTEM, eos="<eos>", bos_token="<bos>", pad_token="<eos>")  # noqa: S106
    preview = make_preview(save_base(tmp_path / "gemma", tokenizer=tokenizer))
    assert preview.rendered.startswith(f"<bos><start_of_turn>user\n{FOX.instruction}<end_of_turn>")
    assert preview.tokens[-1].text == "<end_of_turn>"


def test_the_json_has_counts_and_every_token(tiny_llama: Path) -> None:
    document = make_preview(tiny_llama).as_json()
    assert list(document) == ["step", "model", "story", "event", "prefix", "material", "trained", "tokens", "rendered"]
    assert document["prefix"] + document["material"] + document["trained"] == len(document["tokens"])
    assert document["tokens"][0] == {"id": 1, "text": "<|im_start|>", "part": "prefix"}


def test_an_empty_answer_is_an_error_as_in_training(tiny_llama: Path) -> None:
    with pytest.raises(NoTrainedTokensError, match="there is nothing to learn"):
        make_preview(tiny_llama, answer="")


def test_a_base_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="does not exist"):
        Previewer(str(tmp_path / "none"))
