"""How ``stac`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Prompt, join_sections

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = """\
You annotate folktales. Sort the sentences of one segment of a tale under four heads.

situation: the background: who, where and when, how things stand.
task: what somebody must or should do.
action: what is done now.
consequence: an outcome that changes how things stand.

Copy the words as the text has them, in its own language; every sentence, or clause, goes under one head only. A head \
is empty if the text does not show it; at least one is not empty.

Answer with one JSON object only, with exactly these keys:
{"situation": "", "task": "", "action": "", "consequence": ""}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary and the segment."""
    return Prompt(_SYSTEM, join_sections(("Summary of the tale", inputs.get("summary", "")), ("Segment", inputs["segment"])))
