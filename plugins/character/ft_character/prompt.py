"""How ``character`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import ARCHETYPES, Prompt, join_sections, show_list

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = f"""\
You annotate folktales. Say who takes part in one segment of a tale.

doers: who acts. receivers: who or what is acted on or spoken to; things count too. [] where there is none.
new_characters: those doers and receivers that are beings (they act or feel) and not yet known. [] where there is none.
- alias: other names it goes by in the tale, joined by ";", else empty.
- archetype: its role in the whole tale as far as it can be told, one of {", ".join(ARCHETYPES)}, else empty.
notes: always empty.

Names: a known character goes by its listed name, also where the segment has an alias or a pronoun. Any other name is \
as the text has it, in its own language.

Answer with one JSON object only, with exactly these keys:
{{"doers": [], "receivers": [], "new_characters": [{{"name": "", "alias": "", "archetype": ""}}], "notes": ""}}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary, the known characters and the segment."""
    material = join_sections(
        ("Summary of the tale", inputs.get("summary", "")),
        ("Known characters", show_list(inputs["known_characters"])),
        ("Segment", inputs["segment"]),
    )
    return Prompt(_SYSTEM, material)
