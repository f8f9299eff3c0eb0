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

Go through the sentences in their order, each in a line of its own. Copy each as the text has it, in its own language, and \
give its head, or none if it has none of the four.

Answer with one JSON object only, with exactly these keys:
{"sentences": [{"text": "", "head": ""}]}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary, the segment's place in it, and its sentences, one a line."""
    sections = (
        ("Summary of the tale", inputs.get("summary", "")),
        ("Place in the tale", inputs.get("place", "")),
        ("Segment", "\n".join(inputs["sentences"])),
    )
    return Prompt(_SYSTEM, join_sections(*sections))
