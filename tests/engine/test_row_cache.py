from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ft_core.config import FineTuneConfig
from ft_core.engine import row_cache
from ft_core.engine.chat import Chat
from ft_core.engine.row_cache import cached_rows
from ft_core.engine.rows import make_rows
from ft_core.errors import FtCoreError
from ft_core.example import TrainingText
from ft_core.prompt import Prompt
from tests.engine.bases import THINKING, byte_level, chatml_tokenizer
from tests.engine.fake_step import some_texts

WORDS = st.text(alphabet="fox <|im_end|>狐狸きつね\n🦊", max_size=12)
TEXTS = st.lists(st.builds(TrainingText, st.builds(Prompt, WORDS, WORDS), WORDS, WORDS, WORDS), max_size=4)


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(chatml_tokenizer())


@pytest.fixture
def refuses_to_tokenise(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Any:
    def refuse() -> None:
        monkeypatch.setattr(Chat, "answer_ids", lambda *_: pytest.fail("it was tokenised again"))

    return refuse


def outcome(make: Any, *arguments: Any, **more: Any) -> Any:
    try:
        return make(*arguments, **more)
    except FtCoreError as error:
        return type(error), str(error)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=TEXTS,
    config=st.builds(
        FineTuneConfig, max_seq_length=st.sampled_from([None, 16, 24, 600]), too_long=st.sampled_from(["error", "skip"])
    ),
)
def test_rows_errors_and_log_lines_are_those_of_tokenising(
    chat: Chat, tmp_path: Path, caplog: pytest.LogCaptureFixture, texts: list[TrainingText], config: FineTuneConfig
) -> None:
    seen = []
    with caplog.at_level(logging.INFO):
        for make in (make_rows, cached_rows, cached_rows):
            caplog.clear()
            more = {} if make is make_rows else {"folder": tmp_path}
            seen.append((outcome(make, chat, "action", texts, config, 512, **more), caplog.messages[:]))
    assert seen[1] == seen[0]
    assert seen[2] == seen[0]


def test_the_second_time_nothing_is_tokenised(chat: Chat, tmp_path: Path, refuses_to_tokenise: Any) -> None:
    first = cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path)
    refuses_to_tokenise()
    assert cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path) == first


def test_an_entry_serves_other_limits_and_other_steps(chat: Chat, tmp_path: Path, refuses_to_tokenise: Any) -> None:
    cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path)
    refuses_to_tokenise()
    config = FineTuneConfig(max_seq_length=16, too_long="skip")
    assert cached_rows(chat, "stac", some_texts(), config, 512, folder=tmp_path).too_long == 6


def test_another_template_tokenizer_or_text_is_another_entry(chat: Chat, tmp_path: Path) -> None:
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    chats = [chat, Chat(byte_level([*specials, "<x>"])), Chat(byte_level(specials, THINKING))]
    for each in chats:
        for who in ("fox", "crow"):
            texts = some_texts(2, who)
            rows = cached_rows(each, "action", texts, FineTuneConfig(), 512, folder=tmp_path)
            assert rows == make_rows(each, "action", texts, FineTuneConfig(), 512)
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize("place", [3, 60, -1])
def test_a_damaged_entry_is_made_again(chat: Chat, tmp_path: Path, caplog: pytest.LogCaptureFixture, place: int) -> None:
    first = cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 1
    path.write_bytes(damaged)
    assert cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path) == first
    assert "are damaged and are made again" in caplog.text
    assert path.read_bytes() == whole


def test_what_was_not_used_for_longest_goes_when_there_is_too_much(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(who: str) -> Path:
        before = set(tmp_path.iterdir())
        cached_rows(chat, "action", some_texts(3, who), FineTuneConfig(), 512, folder=tmp_path)
        return next(iter({*tmp_path.iterdir()} - before))

    fox, crow = make("fox"), make("crow")
    os.utime(fox, (1, 1))
    os.utime(crow, (2, 2))
    cached_rows(chat, "action", some_texts(3, "fox"), FineTuneConfig(), 512, folder=tmp_path)
    monkeypatch.setattr(row_cache, "_LARGEST", int(2.5 * fox.stat().st_size))
    hen = make("hen")
    assert set(tmp_path.iterdir()) == {fox, hen}


def test_a_folder_that_cannot_be_written_stops_nothing(chat: Chat, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    rows = cached_rows(chat, "action", some_texts(), FineTuneConfig(), 512, folder=tmp_path / "file" / "rows")
    assert rows == make_rows(chat, "action", some_texts(), FineTuneConfig(), 512)
    assert "Rows are not cached: " in caplog.text
