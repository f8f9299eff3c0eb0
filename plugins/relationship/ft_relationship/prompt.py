"""How ``relationship`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Prompt, join_sections, show_list

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = """\
You annotate folktales. Name the ties between the doers and the receivers in one segment of a tale.

relationship_level1 and, after the colon, its relationship_level2: the standing tie of agent to target.
- Family & Kinship: parent_child (care and authority, adopted too), sibling (by blood or oath), spouse (recognised \
partner), extended_family (other kin)
- Romance: lover (passion or courtship outside marriage)
- Hierarchy: ruler_subject (by state or law), master_servant (personal service or pay), mentor_student (teaching), \
commander_subordinate (chain of command)
- Social & Alliance: friend (affection), ally (shared aim), colleague (same trade or school)
- Adversarial: enemy (out to destroy), rival (competes)
- Neutral: stranger (no tie before)
No tie marks who is senior: parent_child is also child to parent, ruler_subject also subject to ruler, and so on.
sentiment: the agent's stance here: romantic (love), positive (trust, help), neutral, negative (contempt, refusal), \
fearful (submits, flees), hostile (harms).
agent: one of the doers. target: one of the receivers. Copy their names as they are given. There is at least one tie; \
where the text shows none, it is Neutral, stranger; the sentiment still says the agent's stance here.

Answer with one JSON object only, with exactly these keys:
{"relationships": [{"agent": "", "target": "", "relationship_level1": "", "relationship_level2": "", "sentiment": ""}]}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task first, then the tale's summary, the doers, the receivers and the segment."""
    material = join_sections(
        ("Summary of the tale", inputs.get("summary", "")),
        ("Doers", show_list(inputs["doers"])),
        ("Receivers", show_list(inputs["receivers"])),
        ("Segment", inputs["segment"]),
    )
    return Prompt(_SYSTEM, material)
