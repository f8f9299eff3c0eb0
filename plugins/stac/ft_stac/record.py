"""The four heads, and the record that the sentences under them make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import drop_unspellable

if TYPE_CHECKING:
    from ft_core import Output

__all__ = ["HEADS", "NO_HEAD", "write_record"]

HEADS = ("situation", "task", "action", "consequence")

NO_HEAD = "none"
"""Stands in an answer for the head of a sentence that is under none."""


def write_record(output: Output, segment: str, joint: str = " ") -> dict[str, str]:
    r"""Return the record that a valid answer makes; one that is a record already, as other prompts ask for, stays as it is.

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
        return {head: output[head] for head in HEADS}
    text, end, before = drop_unspellable(segment), 0, NO_HEAD
    parts: dict[str, list[str]] = {head: [] for head in (*HEADS, NO_HEAD)}
    for each in output["sentences"]:
        start = max(text.find(each["text"], end), end)
        gathered = parts[each["head"]]
        if each["head"] == before and gathered:
            gathered[-1] += text[end:start] + each["text"]
        else:
            gathered.append(each["text"])
        end, before = start + len(each["text"]), each["head"]
    return {head: joint.join(parts[head]) for head in HEADS}
