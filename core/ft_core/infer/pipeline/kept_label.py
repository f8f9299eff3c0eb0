"""Labels that were there before a step answered, and that its answer must not replace."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from ft_core.infer.pipeline.written_field import is_set, list_fields
from ft_core.step import Step
from ft_core.story import Character, Event, Story

__all__ = ["KeptLabels"]


class KeptLabels:
    """What is set of the fields that a step writes; made before an answer is applied, and put back afterwards."""

    def __init__(self, step: Step, story: Story, event: Event | None) -> None:
        self._cast = [replace(each) for each in story.characters] if "characters" in step.info.writes else []
        fields = [] if event is None else [field for field in list_fields(step) if is_set(event, field)]
        self._fields = {field: deepcopy(getattr(event, field)) for field in fields}

    def put_back(self, story: Story, event: Event | None) -> None:
        """Give the fields their values again, and the characters that were listed their names, aliases and archetypes."""
        for field, value in self._fields.items():
            setattr(event, field, value)
        listed = {each.name: each for each in story.characters}
        for before in self._cast:
            now = listed.get(before.name)
            if now is None:
                story.characters.append(before)
            else:
                _restore(now, before)


def _restore(now: Character, before: Character) -> None:
    now.aliases = before.aliases or now.aliases
    now.archetype = before.archetype or now.archetype
