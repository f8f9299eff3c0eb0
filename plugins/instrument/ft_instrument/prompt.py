"""How ``instrument`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Prompt, join_sections, show_list

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = """\
You annotate folktales. Name the instrument in one segment of a tale.

An instrument is a significant thing that the doer acts with: it is magical, or it decides what happens. What is acted \
on, given or sought is not an instrument, and everyday tools are left out. Most segments have none.

instrument: its name as the text has it, in its own language; several are joined by ";". Empty if the text does not \
show one.
explanation: always empty.

Answer with one JSON object only, with exactly these keys:
{"instrument": "", "explanation": ""}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary, the doers and the segment."""
    material = join_sections(
        ("Summary of the tale", inputs.get("summary", "")),
        ("Doers", show_list(inputs["doers"])),
        ("Segment", inputs["segment"]),
    )
    return Prompt(_SYSTEM, material)
