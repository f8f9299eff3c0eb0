"""Answerers without a model: their answers depend on every letter of the prompt, as a model's do."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ft_core import ACTION_TYPES, ARCHETYPES, PROPP_FUNCTIONS, RELATIONSHIPS, SENTIMENTS, Prompt
from ft_core.codebook import ACTION_FUNCTIONS, ACTION_STATUSES
from ft_core.example import dump_answer
from ft_core.infer.reply import Reply

__all__ = ["GoldAnswerer", "HashAnswerer"]


class HashAnswerer:
    """Answers any prompt with labels drawn by its hash; about one answer in ``1 / broken`` is not valid."""

    def __init__(self, broken: float = 0.0) -> None:
        self.broken = broken
        self.batches: list[tuple[str, int]] = []
        self.prompts: list[tuple[str, Prompt]] = []

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        self.batches.append((step, len(prompts)))
        self.prompts += ((step, prompt) for prompt in prompts)
        if how.get("on_answered"):
            how["on_answered"](len(prompts))
        return [self._answer(step, prompt) for prompt in prompts]

    def _answer(self, step: str, prompt: Prompt) -> Reply:
        luck = random.Random(hashlib.sha256(f"{step}\0{prompt.instruction}".encode()).digest())
        if luck.random() < self.broken:
            return Reply('{"doers": 3}' if luck.random() < 0.5 else "no idea", ended=False)
        return Reply(dump_answer(_MADE[step](luck, prompt.user)), confidence=round(luck.random(), 3))


class GoldAnswerer:
    """Answers what the annotators did, by the prompt; a prompt that training does not have is an error."""

    def __init__(self, answers: Mapping[tuple[str, Prompt], str]) -> None:
        self.answers = answers

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        return [Reply(self.answers[step, prompt]) for prompt in prompts]


def _find_section(user: str, heading: str) -> str:
    match = re.search(rf"^{heading}:\n(.*?)(?=\n\n[A-Z][a-z ,]+:\n|\Z)", user, re.DOTALL | re.MULTILINE)
    return match.group(1) if match else ""


def _names(user: str, heading: str) -> list[Any]:
    found = _find_section(user, heading)
    return json.loads(found) if found else []


def _words(user: str) -> list[str]:
    words = re.findall(r"\w+", _find_section(user, "Segment"))
    return sorted({word[:6] for word in words}) or ["someone"]


def _character(luck: random.Random, user: str) -> dict[str, Any]:
    known = [each["name"] for each in _names(user, "Known characters")]
    pool = sorted({*known, *luck.sample(_words(user), k=1)})
    doers, receivers = ([name for name in pool if luck.random() < 0.6] for _ in range(2))
    taken = {alias for each in _names(user, "Known characters") for alias in (each["name"], *each["alias"].split(";"))}
    new = [{"name": name, "alias": "", "archetype": luck.choice(ARCHETYPES)} for name in {*doers, *receivers} - taken]
    return {"doers": doers, "receivers": receivers, "new_characters": sorted(new, key=str), "notes": ""}


def _relationship(luck: random.Random, user: str) -> dict[str, Any]:
    level1 = luck.choice(sorted(RELATIONSHIPS))
    tie = {"agent": luck.choice(_names(user, "Doers")), "target": luck.choice(_names(user, "Receivers"))}
    levels = {"relationship_level1": level1, "relationship_level2": luck.choice(RELATIONSHIPS[level1])}
    return {"relationships": [tie | levels | {"sentiment": luck.choice(SENTIMENTS)}]}


def _action(luck: random.Random, user: str) -> dict[str, Any]:
    category = luck.choice(sorted(ACTION_TYPES))
    status, function = luck.choice(["", *ACTION_STATUSES]), luck.choice(["", *ACTION_FUNCTIONS])
    return {
        "category": category,
        "type": luck.choice(ACTION_TYPES[category]),
        "context": "",
        "status": status,
        "function": function,
    }


def _stac(luck: random.Random, user: str) -> dict[str, Any]:
    *sentences, last = _find_section(user, "Segment").split("\n")
    sorted_ones = [{"text": each, "head": luck.choice(("situation", "task", "action", "none"))} for each in sentences]
    return {"sentences": [*sorted_ones, {"text": last, "head": "consequence"}]}


_MADE: Mapping[str, Callable[[random.Random, str], dict[str, Any]]] = {
    "character": _character,
    "instrument": lambda luck, user: {"instrument": luck.choice(["", *_words(user)]), "explanation": ""},
    "relationship": _relationship,
    "action": _action,
    "stac": _stac,
    "event_type": lambda luck, user: {
        "event_type": luck.choice(sorted(PROPP_FUNCTIONS)),
        "description_general": f"something {luck.randrange(1000)}",
        "description_specific": "",
    },
}
