"""How ``action`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Prompt, join_sections, show_list

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = """\
You annotate folktales. Classify what is done in one segment of a tale.

category and, after the colon, its type:
- physical: attack (tries to harm), defend (blocks harm), restrain (takes freedom), flee (leaves danger), travel \
(changes place), interact (handles a thing: eats, mends, makes), steal* (takes another's)
- communicative: inform (tells what is true or neutral), persuade (moves someone to act), deceive (makes believe what \
is false), challenge (opens a contest, threatens), command (orders by authority), betray (breaks trust), reconcile \
(mends a bond), slander* (blackens), promise* (gives one's word)
- transaction: give (hands over), acquire (takes in), exchange (both ways), reward (for a service), punish (for a \
wrong), request* (asks for), sacrifice* (gives up for another)
- mental: resolve (commits), plan (thinks out how), realize (comes to know), hesitate (wavers), observe* (watches), \
investigate* (searches out), plot* (plans in secret), forget*
- existential: cast (uses power), transform (changes form), die, revive (lives again), cast_spell* (older word for cast), \
express_emotion* (weeps, laughs)
* older code, used in older files.
context: a free tag of one to three words.
status: attempt (outcome open), success, failure, interrupted (from outside), backfire (harms the doer), partial.
function: trigger (starts a line or a conflict), climax, resolution (ends a conflict), character_arc (changes a \
person), setup (prepares), exposition (tells background).
context, status and function are each empty if the text does not show it.

Answer with one JSON object only, with exactly these keys:
{"category": "", "type": "", "context": "", "status": "", "function": ""}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary, who acts on whom with what, and the segment."""
    material = join_sections(
        ("Summary of the tale", inputs.get("summary", "")),
        ("Doers", show_list(inputs["doers"])),
        ("Receivers", show_list(inputs["receivers"])),
        ("Instrument", inputs.get("instrument", "")),
        ("Segment", inputs["segment"]),
    )
    return Prompt(_SYSTEM, material)
