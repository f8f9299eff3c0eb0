"""The fields that a step writes, and whether somebody has set them."""

from __future__ import annotations

from ft_core.corpus.reading.event import FIELD_KEYS
from ft_core.step import Step
from ft_core.story import Event, Story

__all__ = ["find_key", "is_answered", "is_set", "list_fields"]

_CAST, _OWN = "characters", "annotations"


def list_fields(step: Step) -> tuple[str, ...]:
    """Return the attributes of an event that a step writes as a whole: not the tale's characters, not ``annotations``."""
    return tuple(name for name in step.info.writes if name not in {_CAST, _OWN})


def is_answered(step: Step, owner: Event | Story) -> bool:
    """Say whether somebody has answered a step's question: the first field of those that it writes is set.

    The other fields do not decide: an event may well have doers and nobody whom they do something to.

    Args:
        step: the step.
        owner: the event; the tale, for a step that is asked once per tale.
    """
    fields = list_fields(step)
    if fields and isinstance(owner, Event):
        return is_set(owner, fields[0])
    return _OWN in step.info.writes and step.name in owner.annotations


def is_set(event: Event, field: str) -> bool:
    """Say whether an attribute of an event holds something; an action or a record with nothing in it does not."""
    value = getattr(event, field)
    return bool(value) and value != type(value)()


def find_key(step: Step) -> str:
    """Return the JSON path, below the event or the tale, of what :func:`is_answered` looks at."""
    fields = list_fields(step)
    if not fields:
        return f".{_OWN}.{step.name}"
    return "." + next((key for key, field in FIELD_KEYS.items() if field == fields[0]), fields[0])
