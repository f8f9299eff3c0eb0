"""Stands in for the module with the prompts of a user's pipeline; written for these tests, with markers for every argument."""

from __future__ import annotations

import json
from typing import Any

SYSTEM_PROMPT_CHARACTER_RECOGNITION = "PIPELINE characters\n{as it is}"
SYSTEM_PROMPT_INSTRUMENT = "PIPELINE instrument"
SYSTEM_PROMPT_RELATIONSHIP = "PIPELINE relationship"
SYSTEM_PROMPT_ACTION = "PIPELINE action"
SYSTEM_PROMPT_STAC = "PIPELINE stac"
SYSTEM_PROMPT_EVENT_TYPE = "PIPELINE event type"


def _show(**arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False)


def build_character_recognition_prompt(
    text_span: str, summary: str, existing_characters: list[dict[str, str]], story_context: str | None = None
) -> str:
    return _show(text=text_span, summary=summary, existing=existing_characters, context=story_context)


def build_instrument_prompt(text_span: str, summary: str, doers: list[str]) -> str:
    return _show(text=text_span, summary=summary, doers=doers)


def build_relationship_prompt(
    text_span: str, summary: str, doers: list[str], receivers: list[str], story_context: str | None = None
) -> str:
    return _show(text=text_span, summary=summary, doers=doers, receivers=receivers, context=story_context)


def build_action_category_prompt(
    text_span: str, summary: str, doers: list[str], receivers: list[str], instrument: str = ""
) -> str:
    return _show(text=text_span, summary=summary, doers=doers, receivers=receivers, instrument=instrument)


def build_stac_prompt(text_span: str, summary: str, story_context: str | None = None) -> str:
    return _show(text=text_span, summary=summary, context=story_context)


def build_event_type_prompt(text_span: str, summary: str, stac: dict[str, str]) -> str:
    return _show(text=text_span, summary=summary, stac=stac)
