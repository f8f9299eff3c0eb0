"""The four heads, and the record that the sentences under them make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import STAC_HEADS, drop_unspellable
from ft_stac.sentence import locate_sentence

if TYPE_CHECKING:
    from ft_core import Output

__all__ = ["NO_HEAD", "write_record"]

NO_HEAD = "none"
"""Stands in an answer for the head of a sentence that is under none."""


def write_record(output: Output, segment: str, joint: str = " ") -> dict[str, str]:
    r"""Return the record that an answer makes; one that is a record already, as other prompts ask for, stays as it is.

    Neighbours under one head keep what stands between them, such as a line break.

    Args:
        output: the answer.
        segment: the text that its sentences are of.
        joint: what stands between sentences under one head that are no neighbours.

    >>> heads = {"Ali slept.": "situation", "He woke.": "action", "He ran.": "action", "Gone!": "consequence"}
    >>> answer = {"sentences": [{"text": text, "head": head} for text, head in heads.items()]}
    >>> write_record(answer, "Ali slept.\nHe woke.\nHe ran. Gone!")["action"]
    'He woke.\nHe ran.'
    """
    if "sentences" not in output:
        return {head: output[head] for head in STAC_HEADS}
    text, end, before = drop_unspellable(segment), 0, ""
    parts: dict[str, list[str]] = {head: [] for head in (*STAC_HEADS, NO_HEAD)}
    for each in output["sentences"]:
        found, head = locate_sentence(each["text"], text, end), each["head"]
        start, stop = found or (end, end)
        words = text[start:stop] if found else each["text"]  # of another segment, as in shuffled gold
        if head == before:
            parts[head][-1] += text[end:start] + words
        else:
            parts[head].append(words)
        end, before = stop, head
    return {head: joint.join(parts[head]) for head in STAC_HEADS}
