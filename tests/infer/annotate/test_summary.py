from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ft_core import Prompt
from ft_core.infer.annotate.summary import SUMMARY_TOKENS, choose_longest, summarise
from ft_core.infer.reply import Reply
from ft_core.story import Story


class Saying:
    """Says one thing to every prompt, and notes what limits it."""

    def __init__(self, text: str, *, ended: bool = False) -> None:
        self.reply, self.limits = Reply(text, ended), set[int]()

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        self.limits.add(how["max_new_tokens"])
        return [self.reply for _ in prompts]


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("en", "A fox ran. The crane lent it a co", "A fox ran."),
        ("en", 'A fox ran. "Go home!"', 'A fox ran. "Go home!"'),
        ("en", "A fox\nran on and on and", ""),
        ("zh", "狐狸走了。鹤说：“走吧。”它拿", "狐狸走了。鹤说：“走吧。”"),
        ("zh", "狐狸走了。鹤说：“走吧。”", "狐狸走了。鹤说：“走吧。”"),
        ("zh", "狐狸走了，鹤", ""),
        ("ja", "きつねは走った。つるは櫛を", "きつねは走った。"),
        ("ja", "つるは「行け！」", "つるは「行け！」"),
    ],
)
def test_a_summary_that_is_cut_ends_with_a_whole_sentence(language: str, said: str, kept: str) -> None:
    answerer = Saying(said)
    assert summarise([Story("fox", language=language, text="…")], answerer, "stac", 100) == [kept]
    assert answerer.limits == {SUMMARY_TOKENS}


def test_a_summary_that_the_model_ended_stays_as_it_is() -> None:
    assert summarise([Story("fox", text="…")], Saying("A fox\nran on", ended=True), "stac", 100) == ["A fox ran on"]


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("en", "A fox ran. It sat. It sat. It sat. It s", "A fox ran. It sat."),
        ("en", "It sat. A fox ran. It sat.", "It sat. A fox ran."),
        ("zh", "狐狸走了。它坐下。它坐下。它坐", "狐狸走了。它坐下。"),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_what_the_model_says_again_and_again_is_said_once(language: str, said: str, kept: str, ended: bool) -> None:
    cut = Saying(said if not ended else said[: said.rindex(kept[-1]) + 1], ended=ended)
    assert summarise([Story("fox", language=language, text="…")], cut, "stac", 100) == [kept]


@pytest.mark.parametrize("context", [1024, 2048, 4096, 8192, 131_072])
def test_a_text_that_is_summarised_at_once_leaves_room_for_instructions_and_summary(context: int) -> None:
    assert 3 * choose_longest(context) + 128 + SUMMARY_TOKENS <= context
