"""What the code book makes unlikely in a tale whose labels are all known ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from types import MappingProxyType

from ft_core import codebook
from ft_core.corpus.checking.being import is_being
from ft_core.corpus.checking.finding import Remark, shorten
from ft_core.corpus.checking.label_family import find_family
from ft_core.corpus.checking.propp_pair import PROPP_PAIRS, find_unanswering_events
from ft_core.corpus.reading.tale import Tale
from ft_core.story import ActionLabel, Character, Event, Relationship, index_characters

__all__ = ["OLDER_ACTION_TYPES", "PLAUSIBILITY_RULES", "find_implausible"]

PLAUSIBILITY_RULES: Mapping[str, str] = MappingProxyType(
    {
        "plausibility-action-category": "An action type does not belong to its category.",
        "plausibility-older-action": "An action type is one of the older codes, which are kept for old files.",
        "plausibility-relation-levels": "A relation's level 2 does not belong to its level 1.",
        "plausibility-relation-of-things": "A relation's agent or target is not among the characters, or is an object.",
        "plausibility-target-type": "The target type contradicts the targets or the object type.",
        **{pair.rule: pair.sentence for pair in PROPP_PAIRS.values()},
    }
)
"""What ``--plausibility`` checks, by name, in one sentence each."""

OLDER_ACTION_TYPES = (
    "steal", "slander", "promise", "request", "sacrifice", "observe", "investigate", "plot", "forget", "cast_spell",
    "express_emotion",
)  # fmt: skip
"""The action types that the code book keeps for old files only."""


def find_implausible(tale: Tale) -> Iterator[Remark]:
    """Yield a remark for everything in a tale that the code book makes unlikely; paths are those of the file."""
    yield from find_unanswering_events(tale)
    known = index_characters(tale.story.characters)
    for event in tale.story.events:
        for path, rule, message in _find_in_event(event, known):
            yield Remark(tale.places.locate(f"{event.path}.{path}"), f"plausibility-{rule}", message)


def _find_in_event(event: Event, known: Mapping[str, Character]) -> Iterator[tuple[str, str, str]]:
    yield from _find_in_action(event.action or ActionLabel())
    yield from _find_in_target_type(event, known)
    for index, relation in enumerate(event.relationships):
        for key, rule, message in _find_in_relation(relation, event, known.keys()):
            yield f"relationships[{index}].{key}", rule, message


def _find_in_action(action: ActionLabel) -> Iterator[tuple[str, str, str]]:
    if action.type in OLDER_ACTION_TYPES:
        instead = "; write 'cast'" if action.type == "cast_spell" else ""
        yield "action_layer.type", "older-action", f"{action.type!r} is an older code, kept for old files{instead}"
    if action.category and action.type and action.type not in codebook.ACTION_TYPES[action.category]:
        owner = find_family(action.type, codebook.ACTION_TYPES)
        yield "action_layer.type", "action-category", f"{action.type!r} is {owner}, and the category is {action.category}"


def _find_in_target_type(event: Event, known: Mapping[str, Character]) -> Iterator[tuple[str, str, str]]:
    # "character" without a target is no contradiction: annotation tools set it before anybody has chosen.
    if event.target_type == "character" and event.object_type:
        yield "object_type", "target-type", f"object_type is {event.object_type!r}, and target_type is 'character'"
    if event.target_type != "object":
        return
    if not event.targets:
        yield "target_type", "target-type", "target_type is 'object', and no target is named"
    elif all(is_being(name, known) for name in event.targets):
        told = ", ".join(f"{shorten(name)} ({known[name].archetype})" for name in event.targets)
        yield "target_type", "target-type", f"target_type is 'object', and the targets are characters: {told}"


def _find_in_relation(relation: Relationship, event: Event, known: Set[str]) -> Iterator[tuple[str, str, str]]:
    if relation.level1 and relation.level2 and relation.level2 not in codebook.RELATIONSHIPS[relation.level1]:
        owner = find_family(relation.level2, codebook.RELATIONSHIPS)
        yield "relationship_level2", "relation-levels", f"{relation.level2!r} is {owner}, and level 1 is {relation.level1}"
    for key, name in (("agent", relation.agent), ("target", relation.target)):
        if name and name not in known:
            message = f"{shorten(name)} is not among the characters; list it, or remove the relation if it is a thing"
            yield key, "relation-of-things", message
    if event.target_type == "object" and relation.target in known:
        message = f"{shorten(relation.target)} is a target of the type 'object', and objects have no relations"
        yield "target", "relation-of-things", message
