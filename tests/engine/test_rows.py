from __future__ import annotations

import logging

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.chat import Chat
from ft_core.engine.rows import IGNORED, make_rows, tell_longest
from ft_core.errors import NoTrainedTokensError, RowTooLongError, TrainingError
from ft_core.example import TrainingText
from ft_core.prompt import Prompt
from tests.engine.bases import chatml_tokenizer
from tests.engine.fake_step import some_texts


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(chatml_tokenizer())


def test_a_row_is_the_prompt_the_answer_and_an_eos_that_is_learnt(chat: Chat) -> None:
    text = TrainingText(Prompt("Label.", "A fox."), '{"a": 1}', "t", "e")
    (row,) = make_rows(chat, "action", [text], FineTuneConfig(), 512).rows
    prompt = chat.prompt_ids(text.prompt)
    assert row.input_ids == (*prompt, *chat.answer_ids('{"a": 1}'), chat.eos)
    assert row.labels == [IGNORED] * len(prompt) + list(row.input_ids[len(prompt) :])
    assert row.trained == len(row.input_ids) - len(prompt)


def test_an_empty_answer_is_an_error_naming_step_story_and_event(chat: Chat) -> None:
    with pytest.raises(NoTrainedTokensError, match=r"Step 'action': the answer of tale_7, event e3 is empty"):
        make_rows(chat, "action", [TrainingText(Prompt("", "A fox."), "", "tale_7", "e3")], FineTuneConfig(), 512)


def test_without_a_limit_rows_grow_to_the_longest_and_the_log_says_so(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        rows = make_rows(chat, "action", some_texts(), FineTuneConfig(), 512)
        assert caplog.text == ""  # validation rows are made in the same way, and are not what it is said of
        tell_longest("action", rows, FineTuneConfig())
    assert rows.longest == max(len(row.input_ids) for row in rows.rows)
    assert f"max_seq_length is not set; it is {rows.longest}, the longest row" in caplog.text


def test_rows_over_the_limit_are_an_error_naming_the_first_five(chat: Chat) -> None:
    with pytest.raises(RowTooLongError) as caught:
        make_rows(chat, "action", some_texts(7), FineTuneConfig(max_seq_length=16), 512)
    message = str(caught.value)
    assert "Step 'action': 7 rows are longer than 16 tokens (max_seq_length):" in message
    assert "  - tale_1, event e4: " in message
    assert "  - and 2 more" in message
    assert "--too-long skip" in message


def test_rows_over_the_bases_context_are_an_error_too(chat: Chat) -> None:
    with pytest.raises(RowTooLongError, match=r"longer than 20 tokens \(the base model's context\)"):
        make_rows(chat, "action", some_texts(1), FineTuneConfig(), 20)


def test_rows_over_the_limit_can_be_skipped_and_are_counted(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    texts = some_texts(4)
    lengths = [len(row.input_ids) for row in make_rows(chat, "action", texts, FineTuneConfig(), None).rows]
    config = FineTuneConfig(max_seq_length=max(lengths) - 1, too_long="skip")
    rows = make_rows(chat, "action", texts, config, 512)
    assert rows.too_long == lengths.count(max(lengths))
    assert [len(row.input_ids) for row in rows.rows] == [length for length in lengths if length < max(lengths)]
    assert "were skipped" in caplog.text


def test_a_limit_beyond_the_bases_context_is_an_error(chat: Chat) -> None:
    with pytest.raises(TrainingError, match=r"max_seq_length is 600, but the base model's context has 512 tokens"):
        make_rows(chat, "action", some_texts(1), FineTuneConfig(max_seq_length=600), 512)
