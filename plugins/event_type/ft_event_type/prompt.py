"""How ``event_type`` is asked. The system text is the same for every event; the tale's material follows in the user text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ft_core import Prompt, join_sections

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["build_prompt"]

_SYSTEM = """\
You annotate folktales. Name the Propp function of one segment of a tale, and describe what happens.

A function is an act, whoever does it, defined by what it means for the course of the tale: what came before counts as \
much as the words. Pairs: INTERDICTION and VIOLATION, RECONNAISSANCE and DELIVERY, TRICKERY and COMPLICITY, VILLAINY or \
LACK and LIQUIDATION, the three of the donor, STRUGGLE and VICTORY, PURSUIT and RESCUE, DIFFICULT_TASK and SOLUTION.
event_type, in Propp's order:
Preparation
- Initial Situation: who and where, before anything happens
- ABSENTATION: an elder or protector leaves or dies
- INTERDICTION: the hero is forbidden or told to do something
- VIOLATION: the ban is broken
- RECONNAISSANCE: the villain seeks knowledge
- DELIVERY: the villain gets it
- TRICKERY: the villain tries to deceive
- COMPLICITY: the victim is taken in
Complication
- VILLAINY: harm is done
- LACK: something is missing or desired
- MEDIATION: the trouble is made known; the hero is sent or let go
- BEGINNING_COUNTERACTION: the hero decides to act
- DEPARTURE: the hero sets out
Donor
- FIRST_FUNCTION_DONOR: a donor tests the hero
- HERO_REACTION: the hero's answer to the test
- RECEIPT_OF_AGENT: a helper or magical means is gained
Struggle
- GUIDANCE: the hero is brought to the place
- STRUGGLE: hero and villain fight or compete
- BRANDING: the hero is marked
- VICTORY: the villain loses
- LIQUIDATION: the first trouble is mended
Return
- RETURN: the hero turns back
- PURSUIT: the hero is chased
- RESCUE: the hero is saved from the chase
- UNRECOGNIZED_ARRIVAL: the hero arrives unknown
Final
- UNFOUNDED_CLAIMS: a false hero claims the merit
- DIFFICULT_TASK: a hard task is set
- SOLUTION: it is done
- RECOGNITION: the hero is recognised
- EXPOSURE: the false one is exposed
- TRANSFIGURATION: a new appearance or standing
- PUNISHMENT: the villain is punished or forgiven
- WEDDING: marriage, throne or final reward
- OTHER: none of these fits
description_general: what happens, in roles ("a villain carries off the bride").
description_specific: the same with this tale's names.
Both are a few words in the tale's language; names are the listed ones, otherwise as the text has them. Each is empty \
if the text does not show it.

Answer with one JSON object only, with exactly these keys:
{"event_type": "", "description_general": "", "description_specific": ""}"""


def build_prompt(inputs: Inputs) -> Prompt:
    """Write the prompt: the task and the functions first, then the segment's place in the tale and the segment."""
    position, earlier = inputs["position"], inputs["earlier_functions"]
    material = join_sections(
        ("Summary of the tale", inputs.get("summary", "")),
        ("Position", f"event {position['k']} of {position['n']}"),
        ("Functions of earlier events", ", ".join(earlier)),
        ("Segment before", inputs["previous_segment"]),
        ("Segment after", inputs["next_segment"]),
        ("Situation, task, action, consequence", _dump_filled(inputs.get("stac", {}))),
        ("Segment", inputs["segment"]),
    )
    return Prompt(_SYSTEM, material)


def _dump_filled(stac: Mapping[str, str]) -> str:
    """Write the heads that hold something; the prompt shows no empty ones."""
    filled = {head: text for head, text in stac.items() if text}
    return json.dumps(filled, ensure_ascii=False) if filled else ""
