"""Summaries by the base model, for tales that have none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from ft_core.infer.annotate.segment.segmentation import Segmentation, divide_text
from ft_core.infer.annotate.segment.sentence import list_sentences
from ft_core.infer.annotate.segment.stretch import Stretch
from ft_core.infer.answerer import Answerer
from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt
from ft_core.story import Story

__all__ = ["SUMMARY_TOKENS", "choose_longest", "summarise"]

SUMMARY_TOKENS = 448
"""The most tokens of a summary: four sentences. The longest of 169 real ones, each of some three sentences, has 323 tokens in
Japanese, 257 in Chinese and 143 in English with the tokenizer of the embedded base, which spends more on Chinese and Japanese
than most do."""

_PROMPT_TOKENS = 128  # of the instructions, with their template

_CHARACTER_TOKENS = 3  # at most; nobody can divide the text of a prompt that is too long
_PART = 4  # a text that is summarised at once has as many characters as a quarter of the context has tokens, at most
_LEAST = 100  # characters; with less before it no model says anything of a tale

_WHOLE = re.compile(r"[.!?。！？…][\"'”’»」』）)]*\Z")
"""How a sentence ends."""

_SYSTEM = """\
You summarise folktales. Say in two to four sentences what happens, from the beginning to the end: who wants what, what \
stands in the way, how it ends. Use the names that the text uses. Write in the language of the text. Answer with the \
summary only."""


def choose_longest(context: int) -> int:
    """Return how many characters of a text are summarised at once, so that a summary finds room after them.

    Args:
        context: the longest row of the base model in tokens.

    >>> choose_longest(8192), choose_longest(1024), choose_longest(256)
    (2048, 149, 100)
    """
    room = context - SUMMARY_TOKENS - _PROMPT_TOKENS
    return max(_LEAST, min(context // _PART, room // _CHARACTER_TOKENS))


def summarise(
    stories: Sequence[Story],
    answerer: Answerer,
    step: str,
    longest: int,
    on_answered: Callable[[int], None] | None = None,
) -> list[str]:
    """Return a summary of each tale by the base model, without adapters; ``""`` where it says no whole sentence.

    A summary has at most :data:`SUMMARY_TOKENS` tokens; one that would have more ends with its last whole sentence.
    Sentences that the model repeats are left out.

    A tale that is longer than the model can take is summarised part by part, and what is said of its parts is summarised in
    turn, as often as it takes, so that its end counts as much as its beginning.

    Args:
        stories: tales with a text, or with segments.
        answerer: who answers.
        step: whose chat template is used.
        longest: characters of a text that is summarised at once.
        on_answered: called with the number of texts, or parts of them, whenever some more are summarised.
    """
    summaries: dict[int, str] = {}
    texts = {place: _find_text(story) for place, story in enumerate(stories)}
    while texts:
        parts = {place: _divide(text, stories[place].language, longest) for place, text in texts.items()}
        asked = [(part, stories[place].language) for place, each in parts.items() for part in each]
        said = iter(_ask(asked, answerer, step, on_answered))
        for place, each in parts.items():
            drafts = [next(said) for _ in each]
            summaries[place] = drafts[0] if len(each) == 1 else _join(drafts, each)
        texts = {place: summaries[place] for place, each in parts.items() if len(each) > 1 and summaries[place]}
    return [summaries[place] for place in range(len(stories))]


def _join(drafts: Sequence[str], parts: Sequence[str]) -> str:
    """Return the summaries of parts as one text, of half their length at most: a model that repeats would never end."""
    joined = "\n".join(filter(None, drafts))
    if len(joined) <= sum(map(len, parts)) // 2:
        return joined
    return "\n".join(filter(None, (draft[: len(part) // 2] for draft, part in zip(drafts, parts, strict=True))))


def _find_text(story: Story) -> str:
    return story.text or "\n".join(event.text for event in story.told_events())


def _divide(text: str, language: str, longest: int) -> list[str]:
    if len(text) <= longest:
        return [text]
    stretches = divide_text(text, language, Segmentation("sentences", longest, longest))
    return [text[each.start : each.end] for each in stretches]


def _ask(
    texts: Sequence[tuple[str, str]], answerer: Answerer, step: str, on_answered: Callable[[int], None] | None
) -> list[str]:
    """Return a summary of each text; texts come with their languages."""
    if not texts:
        return []
    prompts = [Prompt(_SYSTEM, f"Text:\n{text}") for text, _ in texts]
    replies = answerer.ask(
        step, prompts, adapter=False, constrained=False, max_new_tokens=SUMMARY_TOKENS, on_answered=on_answered
    )
    return [_clean(reply, language) for reply, (_, language) in zip(replies, texts, strict=True)]


def _clean(reply: Reply, language: str) -> str:
    """Return a reply on one line: whole sentences where it was cut off, and each once, for small models run in circles."""
    text = " ".join(reply.text.split())
    sentences = list_sentences(text, Stretch(0, len(text)), language)
    starts = [*(each.start for each in sentences), len(text)]
    pieces = [text[start:end] for start, end in pairwise(starts)]
    if not reply.ended and not _WHOLE.search(text):
        del pieces[-1:]
    said: dict[str, str] = {}
    for piece in pieces:
        said.setdefault(piece.strip(), piece)
    return "".join(said.values()).rstrip()
